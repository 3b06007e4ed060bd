package snapshot

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Submodule is a place in the commit where another repository would be. Its
// files are no part of the snapshot.
type Submodule struct {
	Path   string
	Commit string // the hash of the other repository's commit
}

// Skipped is an entry that Git or a disk can hold and a snapshot cannot.
type Skipped struct {
	Path string // as it was read; not necessarily valid UTF-8
	Why  string // completes "the path …": "holds a backslash"
}

// Builder collects the files of one snapshot within limits. After the fault
// repository-too-large it is of no more use.
type Builder struct {
	limits     Limits
	root       *node
	bytes      int64
	pathBytes  int64
	files      int // entries that count: files, links, submodules, skipped
	folders    int
	submodules []Submodule
	skipped    []Skipped
}

// NewBuilder returns an empty builder.
func NewBuilder(limits Limits) *Builder {
	return &Builder{limits: limits, root: newFolder("")}
}

// Add puts one file at a slash-separated path. The mode's type says what it is:
// a regular file, executable if any execute bit is set, or a symbolic link
// whose target is the data. The builder keeps data: do not change it afterwards.
// Anything in .git or node_modules is left out without a word.
//
// Faults: Invalid bad-path for a path that is empty, absolute, too long or not
// UTF-8, has an empty, "." or ".." element, a backslash or a NUL, exists
// already, or lies under a file; and for any other type of file. Invalid
// repository-too-large.
func (b *Builder) Add(name string, mode fs.FileMode, data []byte) error {
	if verdict, why := judge(name); verdict != fine {
		return badPath(name, why)
	}
	if leftOutPath(name) {
		return nil
	}
	m, ok := gitMode(mode)
	if !ok {
		return badPath(name, "is neither a file nor a symbolic link")
	}
	if m&fs.ModeSymlink != 0 && len(data) > maxPath {
		return badPath(name, "is a symbolic link whose target is longer than 4096 bytes")
	}
	if err := b.insert(name, m, data); err != nil {
		return err
	}
	return b.count(name, int64(len(data)))
}

// AddOrSkip is Add for a source that people may fill as they like, a Git tree or
// a disk: a path that such a source can hold and a snapshot cannot (a
// backslash, no UTF-8, too long) is recorded as skipped instead of refused.
func (b *Builder) AddOrSkip(name string, mode fs.FileMode, data []byte) error {
	verdict, why := judge(name)
	if verdict != odd {
		return b.Add(name, mode, data)
	}
	return b.skip(name, why)
}

func (b *Builder) skip(name, why string) error {
	if leftOutPath(name) {
		return nil
	}
	if err := b.count(name, 0); err != nil {
		return err
	}
	b.skipped = append(b.skipped, Skipped{Path: name, Why: why})
	return nil
}

// AddSubmodule records a submodule. It counts as one file.
func (b *Builder) AddSubmodule(name, commit string) error {
	verdict, why := judge(name)
	switch {
	case verdict == odd:
		return b.skip(name, why)
	case verdict == hostile:
		return badPath(name, why)
	case leftOutPath(name):
		return nil
	}
	if err := b.count(name, 0); err != nil {
		return err
	}
	b.submodules = append(b.submodules, Submodule{Path: name, Commit: commit})
	return nil
}

// Room is how many more bytes the limit allows: ask before reading a file.
func (b *Builder) Room() int64 { return b.limits.Bytes - b.bytes }

// Snapshot returns what was added, and leaves the builder empty.
func (b *Builder) Snapshot() *Snapshot {
	slices.SortFunc(b.submodules, func(x, y Submodule) int { return strings.Compare(x.Path, y.Path) })
	slices.SortFunc(b.skipped, func(x, y Skipped) int { return strings.Compare(x.Path, y.Path) })
	b.root.sort()
	s := &Snapshot{
		root: b.root, submodules: b.submodules, skipped: b.skipped,
		bytes: b.bytes, files: b.files - len(b.submodules) - len(b.skipped),
	}
	*b = *NewBuilder(b.limits)
	return s
}

func (b *Builder) count(name string, size int64) error {
	b.files++
	b.bytes += size
	b.pathBytes += int64(len(name))
	switch {
	case b.files > b.limits.Files:
		return b.limits.TooManyFiles(b.files)
	case b.bytes > b.limits.Bytes:
		return b.limits.TooManyBytes(b.bytes)
	case b.pathBytes > b.limits.pathBytes():
		return b.limits.namesTooLong(b.pathBytes)
	}
	return nil
}

func (b *Builder) insert(name string, mode fs.FileMode, data []byte) error {
	at := b.root
	dir, last := path.Split(name)
	for element := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		if element == "" {
			break // the file lies in the root
		}
		next, ok := at.kids[element]
		if !ok {
			if b.folders++; b.folders > b.limits.Folders() {
				return b.limits.TooManyFolders(b.folders)
			}
			next = newFolder(element)
			at.kids[element] = next
		}
		if !next.mode.IsDir() {
			return badPath(name, "lies under something that is no folder")
		}
		at = next
	}
	if _, ok := at.kids[last]; ok {
		return badPath(name, "exists twice")
	}
	at.kids[last] = &node{name: last, mode: mode, data: data}
	return nil
}

// gitMode narrows a mode to the three that Git records of files.
func gitMode(mode fs.FileMode) (fs.FileMode, bool) {
	switch {
	case mode.Type() == fs.ModeSymlink:
		return fs.ModeSymlink | 0o777, true
	case !mode.IsRegular():
		return 0, false
	case mode&0o111 != 0:
		return 0o755, true
	}
	return 0o644, true
}
