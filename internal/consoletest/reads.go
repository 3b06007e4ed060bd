package consoletest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Reads are what is read of the store while something is done: what was asked,
// such as "Head env_01", in order.
func (s *Site) Reads(do func()) []string {
	s.T.Helper()
	s.reads.take()
	do()
	return s.reads.take()
}

// notedStore notes what is asked of a store.
type notedStore struct {
	control.Store
	mutex sync.Mutex
	notes []string
}

func (n *notedStore) note(what string, of ...any) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, o := range of {
		what += fmt.Sprintf(" %+v", o)
	}
	n.notes = append(n.notes, what)
}

// take gives the notes and begins anew.
func (n *notedStore) take() []string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	notes := n.notes
	n.notes = nil
	return notes
}

// Environment notes it, as all that follow note themselves.
func (n *notedStore) Environment(ctx context.Context, slug string) (slipway.Environment, error) {
	n.note("Environment", slug)
	return n.Store.Environment(ctx, slug)
}

// Environments reads all.
func (n *notedStore) Environments(ctx context.Context) ([]slipway.Environment, error) {
	n.note("Environments")
	return n.Store.Environments(ctx)
}

// Removals reads all.
func (n *notedStore) Removals(ctx context.Context) ([]slipway.Removal, error) {
	n.note("Removals")
	return n.Store.Removals(ctx)
}

// Sync reads one.
func (n *notedStore) Sync(ctx context.Context, env, id string) (slipway.Sync, error) {
	n.note("Sync", env, id)
	return n.Store.Sync(ctx, env, id)
}

// Syncs reads a page.
func (n *notedStore) Syncs(ctx context.Context, env string, p control.Page) ([]slipway.Sync, string, error) {
	n.note("Syncs", env, p)
	return n.Store.Syncs(ctx, env, p)
}

// Slot reads it.
func (n *notedStore) Slot(ctx context.Context, env string) (slipway.Slot, error) {
	n.note("Slot", env)
	return n.Store.Slot(ctx, env)
}

// Deployment reads one.
func (n *notedStore) Deployment(ctx context.Context, env, id string) (slipway.Deployment, error) {
	n.note("Deployment", env, id)
	return n.Store.Deployment(ctx, env, id)
}

// Deployments reads a page.
func (n *notedStore) Deployments(ctx context.Context, env string, q control.DeploymentQuery) ([]slipway.Deployment, string, error) {
	n.note("Deployments", env, q)
	return n.Store.Deployments(ctx, env, q)
}

// Workflow reads one.
func (n *notedStore) Workflow(ctx context.Context, env, id string) (slipway.Workflow, error) {
	n.note("Workflow", env, id)
	return n.Store.Workflow(ctx, env, id)
}

// Workflows reads all.
func (n *notedStore) Workflows(ctx context.Context, env string) ([]slipway.Workflow, error) {
	n.note("Workflows", env)
	return n.Store.Workflows(ctx, env)
}

// Head reads it.
func (n *notedStore) Head(ctx context.Context, env string) (slipway.Row, error) {
	n.note("Head", env)
	return n.Store.Head(ctx, env)
}

// RowByID reads one.
func (n *notedStore) RowByID(ctx context.Context, env, id string) (slipway.Row, error) {
	n.note("RowByID", env, id)
	return n.Store.RowByID(ctx, env, id)
}

// Resolved reads it.
func (n *notedStore) Resolved(ctx context.Context, slug string) (env string, r slipway.Resolved, err error) {
	n.note("Resolved", slug)
	return n.Store.Resolved(ctx, slug)
}

// Row reads one.
func (n *notedStore) Row(ctx context.Context, env string, number int64) (slipway.Row, error) {
	n.note("Row", env, number)
	return n.Store.Row(ctx, env, number)
}

// Rows reads a page.
func (n *notedStore) Rows(ctx context.Context, env string, p control.Page) ([]slipway.Row, string, error) {
	n.note("Rows", env, p)
	return n.Store.Rows(ctx, env, p)
}

// Poll reads one.
func (n *notedStore) Poll(ctx context.Context, env string) (slipway.Poll, error) {
	n.note("Poll", env)
	return n.Store.Poll(ctx, env)
}

// DuePolls reads those that are due.
func (n *notedStore) DuePolls(ctx context.Context, at time.Time, limit int) ([]slipway.Poll, error) {
	n.note("DuePolls", at, limit)
	return n.Store.DuePolls(ctx, at, limit)
}

// Token reads one.
func (n *notedStore) Token(ctx context.Context, id string) (slipway.Token, error) {
	n.note("Token", id)
	return n.Store.Token(ctx, id)
}

// Tokens reads all.
func (n *notedStore) Tokens(ctx context.Context) ([]slipway.Token, error) {
	n.note("Tokens")
	return n.Store.Tokens(ctx)
}
