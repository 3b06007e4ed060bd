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
	About   *slipway.About   `json:"about,omitempty"`
	Changes []slipway.Change `json:"changes"`
	Notes   []string         `json:"notes"`
	Sync    string           `json:"sync,omitempty"`
	Part    int              `json:"part,omitempty"`
	Of      int              `json:"of,omitempty"`
}

// Releases lists an environment's ledger, newest first.
func (l *Look) Releases(ctx context.Context, f ReleaseFilter, page Page) ([]ReleaseView, string, error) {
	if err := f.Validate(); err != nil {
		return nil, "", err
	}
	rows, next, err := filtered(page, func(page Page) ([]slipway.Row, string, error) {
		return f.inTime(l.p.store.Rows(ctx, l.env.ID, page))
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
func (l *Look) Release(ctx context.Context, number int64) (ReleaseDetail, error) {
	row, err := l.row(ctx, number)
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
