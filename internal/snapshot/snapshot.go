package snapshot

import (
	"bytes"
	"io"
	"io/fs"
	"slices"
)

// Snapshot is the files of one commit. It never changes, so any number of
// goroutines may read it. Open, Stat, ReadFile and ReadDir follow symbolic
// links, in the middle of a path too, while they stay inside; one that does not
// gives a *LinkError. ReadDir lists links as links.
type Snapshot struct {
	root       *node
	submodules []Submodule
	skipped    []Skipped
	bytes      int64
	files      int
}

var (
	_ fs.ReadFileFS = (*Snapshot)(nil)
	_ fs.ReadDirFS  = (*Snapshot)(nil)
	_ fs.StatFS     = (*Snapshot)(nil)
	_ fs.ReadLinkFS = (*Snapshot)(nil)
)

// Files is the number of files and symbolic links.
func (s *Snapshot) Files() int { return s.files }

// Bytes is the size of all files and link targets.
func (s *Snapshot) Bytes() int64 { return s.bytes }

// Submodules are the commit's submodules, by path.
func (s *Snapshot) Submodules() []Submodule { return slices.Clone(s.submodules) }

// Skipped are the entries that the source has and a snapshot cannot hold, by
// path. It is told of the source once: Pack does not keep it.
func (s *Snapshot) Skipped() []Skipped { return slices.Clone(s.skipped) }

// Open opens a file or folder. A file is also an io.Seeker and an io.ReaderAt.
func (s *Snapshot) Open(name string) (fs.File, error) {
	n, err := s.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return &openFolder{node: n, name: name}, nil
	}
	return &openFile{Reader: bytes.NewReader(n.data), node: n}, nil
}

// Stat describes what a path leads to.
func (s *Snapshot) Stat(name string) (fs.FileInfo, error) {
	n, err := s.find("stat", name, true)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Lstat is Stat that does not follow a link at the end of the path.
func (s *Snapshot) Lstat(name string) (fs.FileInfo, error) {
	n, err := s.find("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ReadLink returns a link's target as the commit has it, wherever it points.
func (s *Snapshot) ReadLink(name string) (string, error) {
	n, err := s.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	if !n.isLink() {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return string(n.data), nil
}

// ReadFile returns a copy of a file's content.
func (s *Snapshot) ReadFile(name string) ([]byte, error) {
	n, err := s.find("read", name, true)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	}
	return append(make([]byte, 0, len(n.data)), n.data...), nil
}

// ReadDir lists a folder by name.
func (s *Snapshot) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := s.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	return n.entries(), nil
}

func (n *node) entries() []fs.DirEntry {
	list := make([]fs.DirEntry, len(n.sorted))
	for i, kid := range n.sorted {
		list[i] = kid
	}
	return list
}

type openFile struct {
	*bytes.Reader
	node *node
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFile) Close() error               { return nil }

type openFolder struct {
	node *node
	name string
	next int
}

var _ fs.ReadDirFile = (*openFolder)(nil)

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := f.node.entries()[f.next:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 && len(rest) > n {
		rest = rest[:n]
	}
	f.next += len(rest)
	return rest, nil
}
