package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// How often who waits for a sync looks: seldom, the longer it takes.
const (
	firstLook = 100 * time.Millisecond
	lastLook  = time.Second
)

// maxSilence is how many looks in a row may find no server, each after all tries
// of a call: a server that is started again is waited for.
const maxSilence = 20

// pagesForNews bounds the search for the releases of a sync that has just ended:
// they are among the newest.
const pagesForNews = 3

// Sync asks for a sync and waits for its end, following it where it is merged
// into a newer one. It tells its progress as the server's records show it. Who
// stops waiting stops nothing: the fault says that the sync goes on, and how to
// cancel it.
func (c *Client) Sync(ctx context.Context, env string, o control.SyncOptions) (slipway.Sync, error) {
	s, err := c.RequestSync(ctx, env, o)
	if err != nil {
		return slipway.Sync{}, err
	}
	f := follower{Client: c, env: env, sync: s}
	for look := firstLook; ; look = min(lastLook, look*3/2) {
		if f.sync.Status.Ended() && f.sync.MergedInto == "" {
			f.tellEnd(ctx)
			return f.sync, nil
		}
		f.tell()
		if c.pause(ctx, look) != nil {
			return f.sync, goesOn(f.sync)
		}
		if err := f.look(ctx); err != nil {
			return f.sync, err
		}
	}
}

// follower is where somebody who waits for a sync stands.
type follower struct {
	*Client
	env    string
	sync   slipway.Sync
	etag   string
	looks  int
	silent int
	told   []string // steps
}

// look reads the sync again, or the one that it was merged into.
func (f *follower) look(ctx context.Context) error {
	id := f.sync.ID
	if f.sync.MergedInto != "" {
		id, f.etag = f.sync.MergedInto, ""
	}
	q := get("environments", f.env, "syncs", id)
	q.seen = f.etag
	var s slipway.Sync
	err := f.do(ctx, &q, &s)
	f.looks++
	switch {
	case errors.Is(err, errNotModified):
		f.silent = 0
		return nil
	case ctx.Err() != nil:
		return goesOn(f.sync)
	case fault.Is(err, fault.Unavailable) && f.silent < maxSilence:
		f.silent++
		return nil
	case fault.Is(err, fault.Unavailable):
		return fault.Of(err).WithHint("the sync may go on all the same; look at it when the server answers").WithFix("show", fault.EnvArg, id)
	case err != nil:
		return err
	}
	f.sync, f.etag, f.silent = s, q.etag, 0
	return nil
}

// goesOn is the fault of who stops waiting.
func goesOn(s slipway.Sync) error {
	return fault.New(fault.Unavailable, CodeInterrupted, "nobody waits for sync %d any more; it goes on on the server", s.Sequence).
		WithHint("look how it ended, or cancel it").
		WithFix("show", fault.EnvArg, s.ID).WithFix("cancel", fault.EnvArg, s.ID)
}

// once tells of a step if that was not told yet.
func (f *follower) once(p control.Progress) {
	if !slices.Contains(f.told, p.Step) {
		f.told = append(f.told, p.Step)
		f.progress(p)
	}
}

// tell says which steps are done.
func (f *follower) tell() {
	s := f.sync
	begun := func(step string) bool {
		return slices.ContainsFunc(s.Steps, func(t slipway.StepTime) bool { return t.Step == step })
	}
	if s.Status == slipway.SyncQueued && f.looks > 3 {
		f.once(control.Progress{Step: "wait", Text: s.ID + " waits for its turn"})
	}
	if s.Commit != nil && begun("validate") {
		f.once(control.Fetched(*s.Commit, s.Counts.Found))
	}
	if s.Counts.Found > 0 && begun("go live") {
		f.once(control.Progress{Step: "validate", Done: s.Counts.Found, Of: s.Counts.Found})
	}
}

// tellEnd tells what is left to tell of a sync that has ended: the releases that
// it wrote, oldest first, with how many workflows had moved by each. It is news
// for the eye: where it cannot be read, the end is told all the same.
func (f *follower) tellEnd(ctx context.Context) {
	f.tell()
	if f.sync.Counts.Valid == 0 {
		return
	}
	var releases []control.ReleaseView
	page := control.Page{Limit: control.MaxPage}
	for range pagesForNews {
		rs, next, err := f.Releases(ctx, f.env, control.ReleaseFilter{Sync: f.sync.ID}, page)
		if err != nil {
			return
		}
		releases = append(releases, rs...)
		page.Cursor = next
		if n := len(releases); next == "" || n > 0 && releases[n-1].Part <= 1 {
			break // it is the first that the sync wrote
		}
	}
	slices.Reverse(releases)
	moved := 0
	for _, r := range releases {
		moved += len(r.Changes)
		f.progress(control.WentLive(r.Number, moved))
	}
}
