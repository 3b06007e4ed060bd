package snapshot

import (
	"io/fs"
	"slices"
	"time"
)

// node is a file, a link or a folder. It is its own fs.DirEntry and fs.FileInfo.
// Nothing of it changes once its snapshot exists.
type node struct {
	name   string // "" for the root
	mode   fs.FileMode
	data   []byte // a file's content, a link's target
	kids   map[string]*node
	sorted []*node // kids by name
}

var (
	_ fs.DirEntry = (*node)(nil)
	_ fs.FileInfo = (*node)(nil)
)

func newFolder(name string) *node {
	return &node{name: name, mode: fs.ModeDir | 0o755, kids: make(map[string]*node)}
}

func (n *node) sort() {
	n.sorted = make([]*node, 0, len(n.kids))
	for _, kid := range n.kids {
		n.sorted = append(n.sorted, kid)
		if kid.IsDir() {
			kid.sort()
		}
	}
	slices.SortFunc(n.sorted, func(a, b *node) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
}

// named is the node as a path that ends in this name shows it: a link shows what
// it leads to under its own name.
func (n *node) named(name string) *node {
	if name == n.Name() {
		return n
	}
	c := *n
	c.name = name
	return &c
}

func (n *node) isLink() bool { return n.mode&fs.ModeSymlink != 0 }

func (n *node) Name() string {
	if n.name == "" {
		return "."
	}
	return n.name
}

func (n *node) Size() int64                { return int64(len(n.data)) }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) ModTime() time.Time         { return time.Time{} }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) Sys() any                   { return nil }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }
func (n *node) String() string             { return fs.FormatDirEntry(n) }
