package control

import (
	"context"
	"fmt"
	"time"

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
	Changes []slipway.Change `json:"changes"`
	Notes   []string         `json:"notes"`
	Sync    string           `json:"sync,omitempty"`
	Part    int              `json:"part,omitempty"`
	Of      int              `json:"of,omitempty"`
}

// Releases lists an environment's ledger, newest first.
func (p *Plane) Releases(ctx context.Context, slug string, page Page) ([]ReleaseView, string, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	rows, next, err := p.store.Rows(ctx, env.ID, page)
	if err != nil {
		return nil, "", fmt.Errorf("read releases: %w", err)
	}
	views := make([]ReleaseView, 0, len(rows))
	for _, r := range rows {
		views = append(views, ViewRelease(r))
	}
	return views, next, nil
}

// ViewRelease is row as a person sees it.
func ViewRelease(r slipway.Row) ReleaseView {
	v := ReleaseView{
		Number: r.Number, ID: r.ID, At: r.At, Actor: r.Actor, Cause: r.Cause, Reason: r.Reason,
		Changes: r.Changes, Notes: r.Notes, Sync: r.Sync, Part: r.Part, Of: r.Of,
	}
	if v.Changes == nil {
		v.Changes = []slipway.Change{}
	}
	if v.Notes == nil {
		v.Notes = []string{}
	}
	return v
}
