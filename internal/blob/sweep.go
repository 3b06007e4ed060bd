package blob

import (
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/slipway-dev/slipway/internal/blob/place"
	"github.com/slipway-dev/slipway/internal/control"
)

// How content leaves, and why nobody loses any.
//
// Content has two places, and a copy of it in either will do. A pruner that
// finds a copy unneeded writes a mark beside it; days later it deletes the copy,
// and then the mark. A bucket has no way to delete only what nobody has asked
// for meanwhile, so a mark is never taken off: a marked copy is as good as gone,
// and whoever puts that content writes the other place. These are the orders
// that matter:
//
//   - A writer looks for the mark first and for the copy after. If it saw no
//     mark, the copy that it finds afterwards has none or one that is younger
//     than the look: it stays for days, and the next prune finds what the writer
//     recorded. Had it looked the other way round, copy and mark could both have
//     gone between the two.
//   - A pruner deletes the copy first and the mark after. Whoever sees the copy
//     until then sees the mark too.
//   - A pruner deletes one place, and a writer that saw that mark wrote to the
//     other. However long either stands still between two steps, the pruner's
//     delete takes nothing that a writer counts on.
//
// What remains is a writer that counted on a copy just before it was marked.
// What it records in the days that follow is found by the prune that would
// delete, which puts the content again, in the other place, before anything.
// Pruners exclude each other; see control.Prune.
const marks = "marks"

var copyPattern = regexp.MustCompile(`^[^/]+/sha256/([0-9a-f]{64})(-again)?$`)

var _ control.Sweeper = (*Blobs)(nil)

func markOf(name string) string { return marks + "/" + name }

// Stored implements control.Sweeper.
func (b *Blobs) Stored(ctx context.Context, folder, after string, limit int) ([]control.Stored, error) {
	if err := place.CheckName(folder); err != nil {
		return nil, err
	}
	marked, err := b.marked(ctx, folder)
	if err != nil {
		return nil, b.translate(ctx, "list marks", err)
	}
	objects, err := b.objects(ctx, folder+"/")
	if err != nil {
		return nil, b.translate(ctx, "list blobs", err)
	}
	var list []control.Stored
	for _, o := range objects {
		if o.Key <= after {
			continue
		}
		s := control.Stored{Name: o.Key, Size: o.Size, At: o.ModTime.UTC()}
		if m := copyPattern.FindStringSubmatch(o.Key); m != nil {
			s.Digest = place.DigestPrefix + m[1]
		}
		if at, is := marked[o.Key]; is {
			s.MarkedAt = &at
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b control.Stored) int { return strings.Compare(a.Name, b.Name) })
	return list[:min(limit, len(list))], nil
}

// marked reads the marks of a folder, by the name of what they are about. One
// that cannot be read is a mark all the same, of no age.
func (b *Blobs) marked(ctx context.Context, folder string) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	objects, err := b.objects(ctx, markOf(folder)+"/")
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		text, err := b.bucket.ReadAll(ctx, o.Key)
		if isAbsent(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		at, err := time.Parse(time.RFC3339Nano, string(text))
		if err != nil {
			at = o.ModTime.UTC()
		}
		found[strings.TrimPrefix(o.Key, marks+"/")] = at
	}
	return found, nil
}

// listTries is how often a list is begun again when a file went while it was
// read, which a folder says as an error and a bucket does not.
const listTries = 20

// objects lists what has a name with this prefix. A file that is being written
// has a name that no blob has, and is left out.
func (b *Blobs) objects(ctx context.Context, prefix string) (list []*blob.ListObject, err error) {
	for range listTries {
		if list, err = b.listOnce(ctx, prefix); !isAbsent(err) {
			return list, err
		}
	}
	return list, err
}

func (b *Blobs) listOnce(ctx context.Context, prefix string) (list []*blob.ListObject, err error) {
	it := b.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if place.CheckName(o.Key) == nil {
			list = append(list, o)
		}
	}
}

// Mark implements control.Sweeper.
func (b *Blobs) Mark(ctx context.Context, name string, at time.Time) error {
	if err := place.CheckName(markOf(name)); err != nil {
		return err
	}
	return b.translate(ctx, "mark blob", b.write(ctx, markOf(name), []byte(at.UTC().Format(time.RFC3339Nano)), false))
}

// Delete implements control.Sweeper.
func (b *Blobs) Delete(ctx context.Context, name string) error {
	if err := place.CheckName(markOf(name)); err != nil {
		return err
	}
	for _, key := range []string{name, markOf(name)} {
		err := b.bucket.Delete(ctx, key)
		if isAbsent(err) {
			continue
		}
		if err == nil {
			err = b.settle(key)
		}
		if err != nil {
			return b.translate(ctx, "delete blob", err)
		}
	}
	return nil
}

// isMarked reports whether a copy is on its way out.
func (b *Blobs) isMarked(ctx context.Context, key string) (bool, error) {
	return b.bucket.Exists(ctx, markOf(key))
}
