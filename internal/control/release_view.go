package control

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// ReleaseView is a row of the ledger as a person sees it.
type ReleaseView struct {
	Number  int64            `json:"number"`
	ID      string           `json:"id"`
	At      time.Time        `json:"at"`
	Actor   slipway.Actor    `json:"actor"`
	Cause   slipway.Cause    `json:"cause"`
	Reason  string           `json:"reason"`
	About   *slipway.About   `json:"about,omitempty"`
	Changes []slipway.Change `json:"changes"`
	Notes   []string         `json:"notes"`
	Sync    string           `json:"sync,omitempty"`
	Part    int              `json:"part,omitempty"`
	Of      int              `json:"of,omitempty"`
}

// Releases lists an environment's ledger, newest first.
func (p *Plane) Releases(ctx context.Context, slug string, f ReleaseFilter, page Page) ([]ReleaseView, string, error) {
	if err := f.Validate(); err != nil {
		return nil, "", err
	}
	env, err := p.environment(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := filtered(page, func(page Page) ([]slipway.Row, string, error) {
		return f.inTime(p.store.Rows(ctx, env.ID, page))
	}, f.keeps)
	if err != nil {
		return nil, "", fmt.Errorf("read releases: %w", err)
	}
	views := make([]ReleaseView, 0, len(rows))
	for _, r := range rows {
		views = append(views, ViewRelease(r))
	}
	return views, next, nil
}

// ReleaseDetail is a release with what was live after it.
type ReleaseDetail struct {
	ReleaseView
	AutoLive bool                `json:"autoLive"`
	Freeze   *slipway.Freeze     `json:"freeze"`
	Live     map[string]LiveView `json:"live"` // by workflow
	Held     []string            `json:"held"` // workflows
}

// Release reads one by its number.
func (p *Plane) Release(ctx context.Context, slug string, number int64) (ReleaseDetail, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return ReleaseDetail{}, err
	}
	row, err := p.row(ctx, env, number)
	if err != nil {
		return ReleaseDetail{}, err
	}
	v := ReleaseDetail{
		ReleaseView: ViewRelease(row), AutoLive: !row.State.AutoLiveOff, Freeze: row.State.Freeze,
		Live: map[string]LiveView{}, Held: []string{},
	}
	for _, id := range row.State.WorkflowIDs() {
		w := row.State.Workflows[id]
		if w.Live != nil {
			v.Live[id] = *viewLive(w.Live)
		}
		if w.Hold != nil {
			v.Held = append(v.Held, id)
		}
	}
	return v, nil
}

// row reads a release and, where there is none, says which is the newest.
func (p *Plane) row(ctx context.Context, env slipway.Environment, number int64) (slipway.Row, error) {
	row, err := p.store.Row(ctx, env.ID, number)
	if !fault.Is(err, fault.NotFound) {
		if err != nil {
			err = fmt.Errorf("read release: %w", err)
		}
		return row, err
	}
	head, herr := p.store.Head(ctx, env.ID)
	if herr != nil {
		return row, fmt.Errorf("read head: %w", herr)
	}
	return row, fault.Wrap(err, fault.NotFound, "unknown-release", "environment %q has no release %d", env.Slug, number).
		WithHint("the newest is release %d; look at those there are", head.Number).WithFix("releases", fault.EnvArg)
}

// ViewRelease is row as a person sees it.
func ViewRelease(r slipway.Row) ReleaseView {
	v := ReleaseView{
		Number: r.Number, ID: r.ID, At: r.At, Actor: r.Actor, Cause: r.Cause, Reason: r.Reason,
		About: r.About, Changes: r.Changes, Notes: r.Notes, Sync: r.Sync, Part: r.Part, Of: r.Of,
	}
	if v.Changes == nil {
		v.Changes = []slipway.Change{}
	}
	if v.Notes == nil {
		v.Notes = []string{}
	}
	return v
}
