package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Look is an environment at one moment, for one answer: whatever use cases the
// answer takes, its configuration, its head and each record are read once, and
// all that is said of it is of that one head. It is no cache: nobody keeps it
// longer than the answer takes. It is for one goroutine.
type Look struct {
	p   *Plane
	env slipway.Environment
	// What was read: nil, or not there, until somebody needs it.
	head        *slipway.Row
	all         []slipway.Workflow // deleted ones too
	workflows   map[string]slipway.Workflow
	deployments map[string]slipway.Deployment // whole
	rows        map[int64]slipway.Row         // with states
}

// Look begins to look at an environment.
func (p *Plane) Look(ctx context.Context, slug string) (*Look, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return nil, err
	}
	return p.lookAt(env), nil
}

func (p *Plane) lookAt(env slipway.Environment) *Look {
	return &Look{
		p: p, env: env, workflows: map[string]slipway.Workflow{}, deployments: map[string]slipway.Deployment{}, rows: map[int64]slipway.Row{},
	}
}

// at is l where head is its head, else another look at that head.
func (l *Look) at(head slipway.Row) *Look {
	if l.head != nil && l.head.Number == head.Number {
		return l
	}
	other := l.p.lookAt(l.env)
	other.head = &head
	return other
}

// readHead reads the head. Who says how records stand to it asks for it before
// them: a record that is older than the head may lack what the head speaks of.
func (l *Look) readHead(ctx context.Context) (slipway.Row, error) {
	if l.head == nil {
		head, err := l.p.store.Head(ctx, l.env.ID)
		if err != nil {
			return slipway.Row{}, fmt.Errorf("read head: %w", err)
		}
		l.head = &head
	}
	return *l.head, nil
}

// once gives what is kept under a key, and reads it the first time.
func once[K comparable, V any](kept map[K]V, key K, read func() (V, error)) (V, error) {
	if v, ok := kept[key]; ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		kept[key] = v
	}
	return v, err
}

// deployment reads one whole, with the store's own faults.
func (l *Look) deployment(ctx context.Context, id string) (slipway.Deployment, error) {
	return once(l.deployments, id, func() (slipway.Deployment, error) { return l.p.store.Deployment(ctx, l.env.ID, id) })
}

// record reads a workflow, deleted or not, with the store's own faults.
func (l *Look) record(ctx context.Context, id string) (slipway.Workflow, error) {
	return once(l.workflows, id, func() (slipway.Workflow, error) {
		if l.all == nil {
			return l.p.store.Workflow(ctx, l.env.ID, id)
		}
		if i := slices.IndexFunc(l.all, func(w slipway.Workflow) bool { return w.ID == id }); i >= 0 {
			return l.all[i], nil
		}
		return slipway.Workflow{}, UnknownWorkflow(id)
	})
}

// records reads all workflows, deleted ones too, by id.
func (l *Look) records(ctx context.Context) ([]slipway.Workflow, error) {
	if l.all == nil {
		all, err := l.p.store.Workflows(ctx, l.env.ID)
		if err != nil {
			return nil, fmt.Errorf("read workflows: %w", err)
		}
		l.all = append([]slipway.Workflow{}, all...)
	}
	return l.all, nil
}

// listed are the workflows that are not deleted, by id.
func (l *Look) listed(ctx context.Context, head slipway.Row) ([]slipway.Workflow, error) {
	all, err := l.records(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(w slipway.Workflow) bool { return head.State.Workflows[w.ID].Deleted }), nil
}

// row reads a release and, where there is none, says which is the newest.
func (l *Look) row(ctx context.Context, number int64) (slipway.Row, error) {
	if l.head != nil && l.head.Number == number && number > 0 {
		return *l.head, nil
	}
	row, err := once(l.rows, number, func() (slipway.Row, error) { return l.p.store.Row(ctx, l.env.ID, number) })
	if !fault.Is(err, fault.NotFound) {
		if err != nil {
			err = fmt.Errorf("read release: %w", err)
		}
		return row, err
	}
	head, herr := l.readHead(ctx)
	if herr != nil {
		return row, herr
	}
	return row, fault.Wrap(err, fault.NotFound, "unknown-release", "environment %q has no release %d", l.env.Slug, number).
		WithHint("the newest is release %d; look at those there are", head.Number).WithFix("releases", fault.EnvArg)
}
