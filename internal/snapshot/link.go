package snapshot

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// maxHops is how many links one path may pass, as on Linux.
const maxHops = 40

// LinkReason says what is wrong with a symbolic link.
type LinkReason string

// The reasons why a link is not followed.
const (
	LinkLeaves   LinkReason = "leads out of the repository"
	LinkAbsolute LinkReason = "is absolute"
	LinkLoops    LinkReason = "leads back to itself"
	LinkDangles  LinkReason = "leads to nothing"
	LinkLeftOut  LinkReason = "leads into .git or node_modules"
)

// LinkError is a symbolic link that cannot be followed. It is fs.ErrNotExist if
// the link dangles or leads into what is left out, else fs.ErrInvalid.
type LinkError struct {
	Link   string // the link's path in the snapshot
	Target string // as the commit has it
	Reason LinkReason
}

func (e *LinkError) Error() string {
	return fmt.Sprintf("symbolic link %s -> %s %s", e.Link, e.Target, e.Reason)
}

// Unwrap makes errors.Is work with the errors of io/fs.
func (e *LinkError) Unwrap() error {
	if e.Reason == LinkDangles || e.Reason == LinkLeftOut {
		return fs.ErrNotExist
	}
	return fs.ErrInvalid
}

// find resolves a path. Every error is an *fs.PathError.
func (s *Snapshot) find(op, name string, followLast bool) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	w := walk{at: []*node{s.root}, rest: strings.Split(name, "/")}
	for len(w.rest) > 0 {
		if err := w.step(followLast); err != nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: err}
		}
	}
	return w.at[len(w.at)-1].named(path.Base(name)), nil
}

// walk is one resolution: the folders from the root to here, the elements still
// to go, the last link that was followed, and how many elements of the rest came
// from links.
type walk struct {
	at     []*node
	rest   []string
	hops   int
	link   *LinkError
	inLink int
}

func (w *walk) step(followLast bool) error {
	name := w.rest[0]
	w.rest = w.rest[1:]
	fromLink := w.inLink > 0
	if fromLink {
		w.inLink--
	}
	switch name {
	case "", ".":
		return nil
	case "..":
		if len(w.at) == 1 {
			return w.because(LinkLeaves)
		}
		w.at = w.at[:len(w.at)-1]
		return nil
	}
	here := w.at[len(w.at)-1]
	kid, ok := here.kids[name]
	switch {
	case !ok && fromLink && LeftOut(name):
		return w.because(LinkLeftOut)
	case !ok && fromLink:
		return w.because(LinkDangles)
	case !ok:
		return fs.ErrNotExist
	case kid.isLink() && (len(w.rest) > 0 || followLast):
		return w.follow(kid)
	case !kid.IsDir() && len(w.rest) > 0 && w.inLink > 0:
		return w.because(LinkDangles)
	case !kid.IsDir() && len(w.rest) > 0:
		return fs.ErrNotExist
	}
	w.at = append(w.at, kid)
	return nil
}

func (w *walk) follow(link *node) error {
	target := string(link.data)
	w.link = &LinkError{Link: w.path(link.name), Target: target}
	if w.hops++; w.hops > maxHops {
		return w.because(LinkLoops)
	}
	switch {
	case target == "":
		return w.because(LinkDangles)
	case absolute(target):
		return w.because(LinkAbsolute)
	}
	elements := strings.Split(target, "/")
	w.inLink += len(elements)
	w.rest = append(elements, w.rest...)
	return nil
}

func (w *walk) because(reason LinkReason) error {
	if w.link == nil {
		return fs.ErrInvalid
	}
	w.link.Reason = reason
	return w.link
}

func (w *walk) path(last string) string {
	names := make([]string, 0, len(w.at)+1)
	for _, n := range w.at {
		names = append(names, n.name)
	}
	return path.Join(append(names, last)...)
}

// absolute knows the ways of all systems: what is absolute on one is on all.
func absolute(target string) bool {
	drive := len(target) > 1 && target[1] == ':'
	return drive || strings.HasPrefix(target, "/") || strings.HasPrefix(target, `\`)
}
