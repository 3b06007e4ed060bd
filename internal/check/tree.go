package check

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Why a path of the snapshot cannot be read. The errors of Tree are these, or
// fs.ErrNotExist.
var (
	ErrOutside  = errors.New("leads out of the repository")
	ErrExcluded = errors.New("leads into .git or node_modules")
	ErrLoop     = errors.New("is a loop of symbolic links")
	ErrNoFile   = errors.New("is not a regular file")
	ErrTooLarge = errors.New("is too large")
)

// maxLinks is how many symbolic links one path may pass.
const maxLinks = 40

// Tree reads a file system and never leaves it: it follows symbolic links
// itself, and only to places inside, whatever the file system would do.
type Tree struct{ FS fs.FS }

// Real returns name with every symbolic link followed. A path of which nothing
// exists is fs.ErrNotExist.
func (t Tree) Real(name string) (string, error) {
	rest, at, links := split(name), ".", 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch {
		case part == "" || part == ".":
			continue
		case part == ".." && at == ".":
			return "", ErrOutside
		case part == "..":
			at = path.Dir(at)
			continue
		case excluded(part):
			return "", ErrExcluded
		}
		next := path.Join(at, part)
		info, err := fs.Lstat(t.FS, next)
		if err != nil {
			return "", fs.ErrNotExist
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", ErrLoop
		}
		target, err := fs.ReadLink(t.FS, next)
		if err != nil {
			return "", fs.ErrNotExist
		}
		if absolute(target) {
			return "", ErrOutside
		}
		rest = append(split(target), rest...)
	}
	return at, nil
}

// IsFile reports whether name is a regular file; its links are followed.
func (t Tree) IsFile(name string) bool {
	real, err := t.Real(name)
	if err != nil {
		return false
	}
	info, err := fs.Lstat(t.FS, real)
	return err == nil && info.Mode().IsRegular()
}

// Read returns the bytes of a regular file of at most limit bytes.
func (t Tree) Read(name string, limit int64) ([]byte, error) {
	real, err := t.Real(name)
	if err != nil {
		return nil, err
	}
	info, err := fs.Lstat(t.FS, real)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNoFile
	}
	if info.Size() > limit {
		return nil, ErrTooLarge
	}
	f, err := t.FS.Open(real)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, ErrNoFile
	}
	if int64(len(data)) > limit {
		return nil, ErrTooLarge
	}
	return data, nil
}

// Names returns the names in a folder; none if it is no folder.
func (t Tree) Names(folder string) []string {
	real, err := t.Real(folder)
	if err != nil {
		return nil
	}
	entries, err := fs.ReadDir(t.FS, real)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func split(name string) []string { return strings.Split(name, "/") }

func excluded(element string) bool {
	return strings.EqualFold(element, ".git") || element == "node_modules"
}

// absolute knows the ways of all systems: what is absolute on one is on all.
func absolute(name string) bool {
	return strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\`) || len(name) > 1 && name[1] == ':'
}
