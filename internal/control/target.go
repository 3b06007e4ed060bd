package control

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// PreviousName names the deployment that a roll back goes to.
const PreviousName = "previous"

var shaPattern = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// target finds the deployment of a workflow that name means: its id, seven or
// more characters of its commit (the newest valid one of it), or "previous".
func (l *Look) target(ctx context.Context, head slipway.Row, workflow, name string) (slipway.Deployment, error) {
	if err := l.refuseUnknown(ctx, head, workflow); err != nil {
		return slipway.Deployment{}, err
	}
	switch lower := strings.ToLower(name); {
	case name == PreviousName:
		d, ok, err := l.previous(ctx, head, workflow)
		if err != nil {
			return slipway.Deployment{}, err
		}
		if !ok {
			return slipway.Deployment{}, refuseNoPrevious(workflow, head)
		}
		return d, nil
	case strings.HasPrefix(name, "dep_"):
		return l.targetByID(ctx, workflow, name)
	case shaPattern.MatchString(lower):
		return l.targetByCommit(ctx, workflow, lower)
	}
	return slipway.Deployment{}, fault.New(fault.Invalid, "bad-deployment-name", "%q names no deployment", name).
		WithHint("name one by its id (dep_…), by 7 or more characters of its commit, or say previous").
		WithFix("deployments", fault.EnvArg, workflow)
}

func (l *Look) targetByID(ctx context.Context, workflow string, id string) (slipway.Deployment, error) {
	d, err := l.deployment(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		return d, fault.Wrap(err, fault.NotFound, "unknown-deployment", "environment %q has no deployment %s", l.env.Slug, id).
			WithHint("look at the deployments there are").WithFix("deployments", fault.EnvArg, workflow)
	case err != nil:
		return d, fmt.Errorf("read deployment: %w", err)
	case d.Workflow != workflow:
		owner := "no workflow"
		if d.Workflow != "" {
			owner = fmt.Sprintf("workflow %q", d.Workflow)
		}
		return d, fault.New(fault.Invalid, "deployment-of-another", "%s is a deployment of %s, not of %q", id, owner, workflow).
			WithHint("look at the deployments there are").WithFix("deployments", fault.EnvArg, workflow)
	}
	return d, nil
}

func (l *Look) targetByCommit(ctx context.Context, workflow string, sha string) (slipway.Deployment, error) {
	var newest, valid *slipway.Deployment
	for d, err := range l.p.deployments(ctx, l.env.ID, DeploymentQuery{Workflow: workflow, Commit: sha}) {
		if err != nil {
			return slipway.Deployment{}, err
		}
		if newest == nil {
			newest = &d
		} else if newest.Commit.SHA != d.Commit.SHA {
			return d, fault.New(fault.Invalid, "ambiguous-commit", "%q begins the commits %s and %s", sha, newest.Commit.SHA, d.Commit.SHA).
				WithHint("give more of its characters")
		}
		if valid == nil && d.Outcome == slipway.Valid {
			valid = &d
		}
	}
	switch {
	case valid != nil:
		return *valid, nil
	case newest != nil:
		return *newest, nil // the decision says why it cannot be
	}
	return slipway.Deployment{}, fault.New(fault.NotFound, "unknown-deployment", "workflow %q has no deployment of commit %s", workflow, sha).
		WithHint("look at the deployments there are").WithFix("deployments", fault.EnvArg, workflow)
}

func refuseNoPrevious(workflow string, head slipway.Row) error {
	live := head.State.Workflows[workflow].Live
	if live == nil {
		return fault.New(fault.Conflict, "nothing-live", "nothing is live for %q, so there is nothing to go back from", workflow).
			WithHint("make one of its deployments live by its id").WithFix("deployments", fault.EnvArg, workflow)
	}
	return fault.New(fault.Conflict, "nothing-to-go-back-to",
		"%q has nothing to go back to: no other code that was live before %s is still good", workflow, slipway.ShortSHA(live.Commit)).
		WithHint("make any valid deployment live by its id, or leave the workflow without one").
		WithFix("deployments", fault.EnvArg, workflow).WithFix("deactivate", fault.EnvArg, workflow)
}

// Previous says which deployment a roll back goes to, with MakeLive's faults where
// there is none.
func (l *Look) Previous(ctx context.Context, workflow string) (DeploymentView, error) {
	head, err := l.readHead(ctx)
	if err != nil {
		return DeploymentView{}, err
	}
	d, err := l.target(ctx, head, workflow, PreviousName)
	if err != nil {
		return DeploymentView{}, err
	}
	return viewDeployment(d, false, head, l.p.now()), nil // only what is live can be missing
}

// refuseUnknown refuses a workflow that there is not. Whatever the head's state
// has is stored: only for another is its record read.
func (l *Look) refuseUnknown(ctx context.Context, head slipway.Row, workflow string) error {
	if _, known := head.State.Workflows[workflow]; known {
		return nil
	}
	_, err := l.workflow(ctx, workflow)
	return err
}

// workflow reads one, deleted or not, and, where there is none, says which there
// are.
func (l *Look) workflow(ctx context.Context, id string) (slipway.Workflow, error) {
	w, err := l.record(ctx, id)
	if err == nil {
		return w, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return w, fmt.Errorf("read workflow: %w", err)
	}
	f := fault.Wrap(err, fault.NotFound, "unknown-workflow", "environment %q has no workflow %q", l.env.Slug, id)
	all, err := l.records(ctx)
	if err != nil {
		return w, err
	}
	if len(all) == 0 {
		return w, f.WithHint("it has none yet: a sync brings them").WithFix("sync", fault.EnvArg)
	}
	var ids []string
	for _, other := range all {
		if strings.EqualFold(other.ID, id) {
			return w, f.WithHint("did you mean %q?", other.ID).WithFix("workflows", fault.EnvArg)
		}
		ids = append(ids, other.ID)
	}
	if len(ids) > 10 {
		ids = append(ids[:10], "…")
	}
	return w, f.WithHint("it has %s", strings.Join(ids, ", ")).WithFix("workflows", fault.EnvArg)
}

// deployments reads all that q selects, page by page.
func (p *Plane) deployments(ctx context.Context, env string, q DeploymentQuery) iter.Seq2[slipway.Deployment, error] {
	return func(yield func(slipway.Deployment, error) bool) {
		for {
			ds, next, err := p.store.Deployments(ctx, env, q)
			if err != nil {
				yield(slipway.Deployment{}, fmt.Errorf("read deployments: %w", err))
				return
			}
			for _, d := range ds {
				if !yield(d, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			q.Cursor = next
		}
	}
}

// Find returns the id of the deployment of a workflow that name means, as for
// MakeLive; "" is its newest.
func (l *Look) Find(ctx context.Context, workflow, name string) (string, error) {
	if name == "" {
		w, err := l.workflow(ctx, workflow)
		return w.Latest.ID, err
	}
	head, err := l.readHead(ctx)
	if err != nil {
		return "", err
	}
	d, err := l.target(ctx, head, workflow, name)
	return d.ID, err
}
