package control

import (
	"context"
	"fmt"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// GoLiveInput is what GoLive works on: the results of this many batches.
type GoLiveInput struct {
	SyncRef
	Complete bool `json:"complete"`
	Batches  int  `json:"batches"`
}

// GoLiveOutput names the workflows that the environment had no room for.
type GoLiveOutput struct {
	Refused []string `json:"refused"`
}

// GoLive records every outcome and appends to the ledger what the sync brings.
// It trusts no result: what does not fit the sync's own records, or whose bundle
// is not there under its digest, has failed.
func (p *Plane) GoLive(ctx context.Context, in GoLiveInput) (GoLiveOutput, error) {
	s, err := p.enter(ctx, in.SyncRef, "go live")
	if err != nil {
		return GoLiveOutput{}, err
	}
	mine, err := p.ofSync(ctx, s)
	if err != nil {
		return GoLiveOutput{}, err
	}
	files, err := p.results(ctx, in, mine)
	if err != nil {
		return GoLiveOutput{}, err
	}
	ws, err := p.store.Workflows(ctx, s.Environment)
	if err != nil {
		return GoLiveOutput{}, fmt.Errorf("read workflows: %w", err)
	}
	head, err := p.store.Head(ctx, s.Environment)
	if err != nil {
		return GoLiveOutput{}, fmt.Errorf("read head: %w", err)
	}
	files = check.Across(files, storedWorkflows(ws, head.State))
	book := newBook(s, ws, mine)
	for _, f := range files {
		book.record(f, p.now().UTC())
	}
	if in.Complete {
		book.miss()
	}
	if err := p.store.PutDeployments(ctx, in.fence(), book.deployments, book.changed()); err != nil {
		return GoLiveOutput{}, fmt.Errorf("write deployments: %w", err)
	}
	return p.bring(ctx, s, book.deployments)
}

// bring appends what automation decides about the valid deployments of s.
func (p *Plane) bring(ctx context.Context, s slipway.Sync, ds []slipway.Deployment) (GoLiveOutput, error) {
	fence := s.Fence()
	out := GoLiveOutput{Refused: []string{}}
	moved := 0
	a := appender{env: s.Environment, fence: &fence}
	a.decide = func(head slipway.Row) ([]slipway.Row, error) {
		plan, err := slipway.GoLive{
			At: p.now(), Actor: s.StartedBy, Sync: s.ID, Generation: s.Generation, Sequence: s.Sequence,
			Candidates: ds, Done: a.rows,
		}.Decide(head)
		out.Refused = append([]string{}, plan.Refused...)
		return plan.Rows, err
	}
	a.wrote = func(row slipway.Row) {
		moved += len(row.Changes)
		p.progress(WentLive(row.Number, moved))
	}
	return out, p.append(ctx, &a)
}

// ofSync reads the deployments of s, with their build logs.
func (p *Plane) ofSync(ctx context.Context, s slipway.Sync) ([]slipway.Deployment, error) {
	var ds []slipway.Deployment
	for d, err := range p.deployments(ctx, s.Environment, DeploymentQuery{Sync: s.ID, Whole: true, Page: Page{Limit: MaxPage}}) {
		if err != nil {
			return nil, err
		}
		ds = append(ds, d)
	}
	return ds, nil
}

func storedWorkflows(ws []slipway.Workflow, s slipway.State) []check.Stored {
	stored := make([]check.Stored, 0, len(ws))
	for _, w := range ws {
		st := check.Stored{Workflow: w.ID, Trigger: w.Trigger, Path: w.Path}
		if live := s.Workflows[w.ID].Live; live != nil {
			st.Trigger, st.Live = live.Trigger, true
		}
		stored = append(stored, st)
	}
	return stored
}

// book is what a sync has found out, on its way into the records.
type book struct {
	sync        slipway.Sync
	workflows   map[string]slipway.Workflow // as stored, then as seen
	seen        map[string]bool             // ids of workflows that have a file
	paths       map[string]slipway.Deployment
	atPath      map[string]string // path → workflow last seen there
	deployments []slipway.Deployment
	touched     []string
	isTouched   map[string]bool
}

func newBook(s slipway.Sync, ws []slipway.Workflow, mine []slipway.Deployment) *book {
	b := &book{
		sync: s, workflows: map[string]slipway.Workflow{}, seen: map[string]bool{},
		paths: map[string]slipway.Deployment{}, atPath: map[string]string{}, isTouched: map[string]bool{},
	}
	for _, w := range ws {
		b.workflows[w.ID], b.atPath[w.Path] = w, w.ID
	}
	for _, d := range mine {
		b.paths[d.Path] = d
	}
	return b
}

func (b *book) touch(w slipway.Workflow) {
	b.workflows[w.ID] = w
	if !b.isTouched[w.ID] {
		b.isTouched[w.ID] = true
		b.touched = append(b.touched, w.ID)
	}
}

func (b *book) changed() []slipway.Workflow {
	ws := make([]slipway.Workflow, 0, len(b.touched))
	for _, id := range b.touched {
		ws = append(ws, b.workflows[id])
	}
	return ws
}

// miss flags the workflows that have neither their file nor their id any more.
func (b *book) miss() {
	for id, w := range b.workflows {
		if _, there := b.paths[w.Path]; there || b.seen[id] {
			continue
		}
		b.touch(w.Missed(b.sync.Sequence, b.sync.RequestedAt))
	}
}
