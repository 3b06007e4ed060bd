package control

import (
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Span is a part of time: from Since, which is in it, to Until, which is not.
// Nil is without an end.
type Span struct {
	Since *time.Time
	Until *time.Time
}

func (s Span) has(at time.Time) bool {
	return (s.Since == nil || !at.Before(*s.Since)) && (s.Until == nil || at.Before(*s.Until))
}

// SyncFilter selects syncs by when they were asked for and what they brought; a
// zero field selects all.
type SyncFilter struct {
	Status slipway.SyncStatus
	Commit string // the first characters of its sha
	Author string // a part of the commit author's name or e-mail
	Span
}

func (f SyncFilter) keeps(s slipway.Sync) bool {
	if f.Commit+f.Author != "" && (s.Commit == nil || !committed(*s.Commit, f.Commit, f.Author)) {
		return false
	}
	return (f.Status == "" || s.Status == f.Status) && f.has(s.RequestedAt)
}

// DeploymentFilter selects deployments; a zero field selects all.
type DeploymentFilter struct {
	Workflow string
	Status   slipway.Status
	Commit   string // the first characters of its sha
	Author   string // a part of the commit author's name or e-mail
	Span
}

// keeps leaves the workflow and the commit to the store.
func (f DeploymentFilter) keeps(d slipway.Deployment, head slipway.Row) bool {
	return (f.Status == "" || slipway.StatusOf(d, head) == f.Status) && committed(d.Commit, "", f.Author) && f.has(d.CreatedAt)
}

// query is what a store can select by itself of what f does.
func (f DeploymentFilter) query() DeploymentQuery {
	q := DeploymentQuery{Workflow: f.Workflow, Commit: strings.ToLower(f.Commit)}
	switch f.Status {
	case slipway.StatusProcessing:
		q.Outcome = slipway.Processing
	case slipway.StatusFailed:
		q.Outcome = slipway.Failed
	case slipway.StatusDeployed, slipway.StatusDraft:
		q.Outcome = slipway.Valid
	case slipway.StatusLive, slipway.StatusDeactivated:
		q.WasLive = true
	}
	return q
}

// ReleaseFilter selects rows of the ledger; a zero field selects all.
type ReleaseFilter struct {
	Workflow string // that moved, or that the command was about
	Sync     string // id
	Cause    slipway.Cause
	Actor    string // a part of its text
	Span
}

func (f ReleaseFilter) keeps(r slipway.Row) bool {
	if f.Workflow != "" && !ViewRelease(r).Concerns(f.Workflow) {
		return false
	}
	return (f.Sync == "" || r.Sync == f.Sync) && (f.Cause == "" || r.Cause == f.Cause) && contains(r.Actor.String(), f.Actor) && f.has(r.At)
}

// inTime ends a page of the ledger, and the list with it, at the first row that is
// older than Since: no row is older than the one before it.
func (f ReleaseFilter) inTime(rows []slipway.Row, next string, err error) ([]slipway.Row, string, error) {
	if f.Since == nil {
		return rows, next, err
	}
	for i, r := range rows {
		if r.At.Before(*f.Since) {
			return rows[:i], "", err
		}
	}
	return rows, next, err
}

func committed(c slipway.Commit, sha, author string) bool {
	return strings.HasPrefix(c.SHA, strings.ToLower(sha)) && (contains(c.Author, author) || contains(c.Email, author))
}

// contains ignores the case of letters.
func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// mostRead is how many entries one page of a filtered list looks at.
const mostRead = MaxPage

// filtered reads pages of a list until one page of what keep keeps is full, the
// list ends, or mostRead entries were looked at.
func filtered[T any](p Page, read func(Page) ([]T, string, error), keep func(T) bool) ([]T, string, error) {
	kept := []T{}
	looked := 0
	for {
		entries, next, err := read(p)
		if err != nil {
			return nil, "", err
		}
		var more []T
		for _, e := range entries {
			if keep(e) {
				more = append(more, e)
			}
		}
		if len(kept) > 0 && len(kept)+len(more) > pageSize(p.Limit) {
			return kept, p.Cursor, nil // the page that would be too much is read again
		}
		kept, looked = append(kept, more...), looked+len(entries)
		if next == "" || len(kept) >= pageSize(p.Limit) || looked >= mostRead {
			return kept, next, nil
		}
		p.Cursor = next
	}
}

// pageSize is how many entries a page with this limit has at most.
func pageSize(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return min(limit, MaxPage)
}

// defaultPage is how many entries a store gives where no limit is said.
const defaultPage = 50
