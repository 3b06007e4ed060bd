package check

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Recheck is Files that takes over what of before still holds: verdicts on valid
// files whose basis is the same in src. They are what Files would say, byte for
// byte, but have no Bundle: pass only those whose bundle is stored under its
// Digest. The rest of paths goes to Files.
func (c *Checker) Recheck(ctx context.Context, src Source, paths []string, before []File) ([]File, error) {
	held := map[string]File{}
	w := newWitness(src, c.limits)
	for _, f := range before {
		if f.Basis != "" && f.Valid() && f.Basis == w.basis(f) {
			held[f.Path] = f
		}
	}
	fresh, err := c.Files(ctx, src, slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return held[p].Path != "" }))
	if err != nil {
		return nil, err
	}
	files := make([]File, len(paths))
	for i, p := range paths {
		if f, ok := held[p]; ok {
			files[i] = f
			continue
		}
		files[i], fresh = fresh[0], fresh[1:]
	}
	return files, nil
}

// witness says what a verdict on a file of src rests on, and finds out what each
// path leads to once.
type witness struct {
	tree     Tree
	limit    int64
	common   string // what is the same for all files
	outcomes map[string]string
}

func newWitness(src Source, l Limits) *witness {
	common := fmt.Sprintf("%q %+v %q %q\n", Version(), l, src.Root, src.ExtraTriggers)
	return &witness{Tree{src.FS}, l.SourceBytes, digest([]byte(common)), map[string]string{}}
}

// basis is a digest of all that decides a verdict: the checker, its limits and
// the environment's triggers, and what each path that the bundler looked at
// leads to. A path that led nowhere is part of it: the file that is put there
// tomorrow may be the one that an import means.
func (w *witness) basis(f File) string {
	sum := sha256.New()
	for _, part := range []string{w.common, f.Path} {
		fmt.Fprintf(sum, "%d %s\n", len(part), part)
	}
	for _, name := range f.LookedAt {
		fmt.Fprintf(sum, "%d %s %s", len(name), name, w.outcome(name))
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// outcome is one line: where the path leads, and the digest of the file there or
// why there is none.
func (w *witness) outcome(name string) string {
	if line, ok := w.outcomes[name]; ok {
		return line
	}
	w.outcomes[name] = w.find(name)
	return w.outcomes[name]
}

func (w *witness) find(name string) string {
	real, err := w.tree.Real(name)
	if err != nil {
		return fmt.Sprintf("error %q\n", err)
	}
	data, err := w.tree.Read(real, w.limit)
	if err != nil {
		return fmt.Sprintf("at %q error %q\n", real, err)
	}
	return fmt.Sprintf("at %q %x\n", real, sha256.Sum256(data))
}
