package control

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// How long a blob stays after its mark, or a batch or result of a sync that has
// ended; and how old content is before it is marked: what a sync has just
// written is in no record yet.
const (
	markedStays = 7 * 24 * time.Hour
	youngStays  = 24 * time.Hour
	sweepPage   = 5000
)

// PrunedBlobs is what becomes of the blobs of one kind.
type PrunedBlobs struct {
	Kind    string    `json:"kind"`
	Marked  PrunedSet `json:"marked"`   // needed no more; they go with a prune after seven days
	Deleted PrunedSet `json:"deleted"`  // marked so long ago, or an ended sync's
	Again   PrunedSet `json:"putAgain"` // marked, and needed after all: copied before it goes
	Kept    PrunedSet `json:"kept"`
}

// PrunedSet names blobs and sums their sizes.
type PrunedSet struct {
	Count int      `json:"count"`
	Size  int64    `json:"size"` // bytes
	Names []string `json:"names,omitempty"`
}

func (s *PrunedSet) add(b Stored) {
	s.Count++
	s.Size += b.Size
	s.Names = append(s.Names, b.Name)
}

// sweep decides about every blob and, unless it is a dry run, acts on it.
func (p *Plane) sweep(ctx context.Context, n *needs, at time.Time, dry bool) ([]PrunedBlobs, error) {
	swept := []PrunedBlobs{}
	for _, kind := range []struct {
		name   string
		needed map[string]bool
	}{{bundleBlobs, n.bundles}, {snapshotBlobs, n.snapshots}} {
		s := sweeper{plane: p, dry: dry, at: at, out: PrunedBlobs{Kind: kind.name}}
		if err := s.content(ctx, kind.needed); err != nil {
			return swept, err
		}
		swept = append(swept, s.done())
	}
	for _, folder := range []string{batchBlobs, resultBlobs, planBlobs} {
		s := sweeper{plane: p, dry: dry, at: at, out: PrunedBlobs{Kind: folder}}
		if err := s.ofSyncs(ctx, n.unended); err != nil {
			return swept, err
		}
		swept = append(swept, s.done())
	}
	return swept, nil
}

// Folders of blobs whose names begin with their sync, or, of a plan, with its
// environment, which is no sync that could be under way.
const (
	batchBlobs  = "batches"
	resultBlobs = "results"
	planBlobs   = "plans"
)

// sweeper goes through the blobs of one kind.
type sweeper struct {
	plane *Plane
	dry   bool
	at    time.Time
	out   PrunedBlobs
}

// done is the report, in which what stays is only counted.
func (s *sweeper) done() PrunedBlobs {
	s.out.Kept.Names = nil
	return s.out
}

func (s *sweeper) all(ctx context.Context) ([]Stored, error) {
	var all []Stored
	for after := ""; ; {
		list, err := s.plane.blobs.Stored(ctx, s.out.Kind, after, sweepPage)
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", s.out.Kind, err)
		}
		all = append(all, list...)
		if len(list) < sweepPage {
			return all, nil
		}
		after = list[len(list)-1].Name
	}
}

// copies are what is stored of one content.
type copies struct {
	digest        string
	whole, marked []Stored
}

// content sweeps what is stored by digest.
func (s *sweeper) content(ctx context.Context, needed map[string]bool) error {
	all, err := s.all(ctx)
	if err != nil {
		return err
	}
	var order []string
	by := map[string]*copies{}
	for _, b := range all {
		if b.Digest == "" {
			continue
		}
		c := by[b.Digest]
		if c == nil {
			c = &copies{digest: b.Digest}
			by[b.Digest], order = c, append(order, b.Digest)
		}
		if b.MarkedAt != nil {
			c.marked = append(c.marked, b)
		} else {
			c.whole = append(c.whole, b)
		}
	}
	for _, digest := range order {
		act := s.unneeded
		if needed[digest] {
			act = s.needed
		}
		if err := act(ctx, *by[digest]); err != nil {
			return err
		}
	}
	return nil
}

// needed keeps one copy without a mark. A marked one goes only where another was
// found beside it, and is whole.
func (s *sweeper) needed(ctx context.Context, c copies) error {
	for _, b := range c.whole {
		s.out.Kept.add(b)
	}
	for _, b := range c.marked {
		if err := s.putAgain(ctx, c.digest); err != nil {
			return err
		}
		switch {
		case len(c.whole) == 0:
			s.out.Again.add(b)
		case s.old(*b.MarkedAt, markedStays):
			if err := s.delete(ctx, b); err != nil {
				return err
			}
		default:
			s.out.Kept.add(b)
		}
	}
	return nil
}

// putAgain sees to a copy without a mark. Content that is damaged has none to
// lose.
func (s *sweeper) putAgain(ctx context.Context, digest string) error {
	if s.dry {
		return nil
	}
	data, err := s.plane.reads.Content(ctx, s.out.Kind, digest)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return fmt.Errorf("read %s: %w", digest, err)
	}
	if _, err := s.plane.blobs.PutContent(ctx, s.out.Kind, data); err != nil {
		return fmt.Errorf("put %s again: %w", digest, err)
	}
	return nil
}

// unneeded marks the one copy there is, or deletes one marked long ago. There is
// never a mark on both places: one of them is always free to be written.
func (s *sweeper) unneeded(ctx context.Context, c copies) error {
	for _, b := range c.marked {
		if !s.old(*b.MarkedAt, markedStays) {
			s.out.Kept.add(b)
		} else if err := s.delete(ctx, b); err != nil {
			return err
		}
	}
	for i, b := range c.whole {
		if i > 0 || len(c.marked) > 0 || !s.old(b.At, youngStays) {
			s.out.Kept.add(b)
			continue
		}
		s.out.Marked.add(b)
		if s.dry {
			continue
		}
		if err := s.plane.blobs.Mark(ctx, b.Name, s.at); err != nil {
			return fmt.Errorf("mark %s: %w", b.Name, err)
		}
	}
	return nil
}

// ofSyncs sweeps what belongs to one sync by its name.
func (s *sweeper) ofSyncs(ctx context.Context, unended map[string]bool) error {
	all, err := s.all(ctx)
	if err != nil {
		return err
	}
	for _, b := range all {
		sync, _, _ := strings.Cut(strings.TrimPrefix(b.Name, s.out.Kind+"/"), "/")
		if unended[sync] || !s.old(b.At, markedStays) {
			s.out.Kept.add(b)
		} else if err := s.delete(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func (s *sweeper) delete(ctx context.Context, b Stored) error {
	s.out.Deleted.add(b)
	if s.dry {
		return nil
	}
	if err := s.plane.blobs.Delete(ctx, b.Name); err != nil {
		return fmt.Errorf("delete %s: %w", b.Name, err)
	}
	return nil
}

func (s *sweeper) old(at time.Time, age time.Duration) bool { return at.Before(s.at.Add(-age)) }
