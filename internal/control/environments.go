package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// NewEnvironment asks for an environment. An empty branch means the one that
// the repository itself prefers.
type NewEnvironment struct {
	Slug        string
	Repository  slipway.Repository
	Triggers    []string
	AutoLiveOff bool
	PollSeconds *int // nil: slipway.DefaultPoll
	Actor       slipway.Actor
}

// AddEnvironment proves that the branch can be read and writes the environment.
// It starts no sync.
func (p *Plane) AddEnvironment(ctx context.Context, n NewEnvironment) (slipway.Environment, error) {
	now := p.now().UTC()
	id, err := newID("env", now)
	if err != nil {
		return slipway.Environment{}, err
	}
	e := slipway.Environment{
		ID: id, Slug: n.Slug, Repository: n.Repository, Triggers: n.Triggers,
		PollSeconds: n.PollSeconds, Version: 1, CreatedAt: now, CreatedBy: n.Actor,
	}
	if err := errors.Join(n.Actor.Validate(), e.Validate()); err != nil {
		return slipway.Environment{}, err
	}
	if e.Repository.Root, err = slipway.CleanRoot(n.Repository.Root); err != nil {
		return slipway.Environment{}, err
	}
	if _, err := p.store.Environment(ctx, n.Slug); err == nil {
		return slipway.Environment{}, fault.New(fault.Conflict, "environment-exists", "environment %q exists already", n.Slug).
			WithHint("choose another name, or look at the one there is").WithFix("env", "show", n.Slug)
	} else if !fault.Is(err, fault.NotFound) {
		return slipway.Environment{}, fmt.Errorf("read environment: %w", err)
	}
	if e.Repository.Branch == "" {
		if e.Repository.Branch, err = p.remote.DefaultBranch(ctx, e.Repository); err != nil {
			return slipway.Environment{}, fmt.Errorf("read default branch: %w", err)
		}
	}
	if _, err := p.remote.Tip(ctx, e.Repository); err != nil {
		return slipway.Environment{}, fmt.Errorf("read branch: %w", err)
	}
	first, err := firstRows(e, n)
	if err != nil {
		return slipway.Environment{}, err
	}
	if err := p.store.CreateEnvironment(ctx, e, first); err != nil {
		return slipway.Environment{}, fmt.Errorf("write environment: %w", err)
	}
	return e, nil
}

// firstRows are the ledger's rows for settings that differ from an empty
// environment's.
func firstRows(e slipway.Environment, n NewEnvironment) ([]slipway.Row, error) {
	if !n.AutoLiveOff {
		return nil, nil
	}
	entry := slipway.Entry{ID: slipway.RowID(e.ID, "created"), At: e.CreatedAt, Actor: n.Actor}
	return slipway.SetAutoLive{Entry: entry, On: false}.Decide(slipway.Row{})
}

// EnvironmentView is an environment with what its ledger says.
type EnvironmentView struct {
	slipway.Environment
	AutoLive  bool            `json:"autoLive"`
	Freeze    *slipway.Freeze `json:"freeze"`
	Release   int64           `json:"release"` // the number of the head
	Workflows int             `json:"workflows"`
	Live      int             `json:"live"`
	Held      int             `json:"held"`
	Failing   int             `json:"failing"` // workflows whose newest deployment did not pass its check
	// LiveCommit is the sha of the newest commit that something is live of.
	LiveCommit string        `json:"liveCommit"`
	LastSync   *slipway.Sync `json:"lastSync"`
	Poll       PollView      `json:"poll"`
}

// PollView is how the clock asks an environment's branch for its tip.
type PollView struct {
	EverySeconds int              `json:"everySeconds"` // 0: never
	Due          *time.Time       `json:"due"`          // when it asks next, nil: never
	AskedAt      *time.Time       `json:"askedAt"`      // when it asked last
	Failures     int              `json:"failures"`     // in a row
	Problem      *slipway.Problem `json:"problem"`      // of the last time
}

func viewPoll(e slipway.Environment, p slipway.Poll) PollView {
	v := PollView{EverySeconds: int(e.PollEvery().Seconds()), Failures: p.Failures, Problem: p.Problem}
	if !p.Due.IsZero() {
		v.Due = &p.Due
	}
	if !p.AskedAt.IsZero() {
		v.AskedAt = &p.AskedAt
	}
	return v
}

// Environments reads all, by slug.
func (p *Plane) Environments(ctx context.Context) ([]EnvironmentView, error) {
	es, err := p.store.Environments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read environments: %w", err)
	}
	views := make([]EnvironmentView, 0, len(es))
	for _, e := range es {
		v, err := p.lookAt(e).Environment(ctx)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// Slugs are the names of all environments, in their order.
func (p *Plane) Slugs(ctx context.Context) ([]string, error) {
	es, err := p.store.Environments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read environments: %w", err)
	}
	slugs := make([]string, 0, len(es))
	for _, e := range es {
		slugs = append(slugs, e.Slug)
	}
	return slugs, nil
}

// Environment says what there is of it.
func (l *Look) Environment(ctx context.Context) (EnvironmentView, error) {
	head, err := l.readHead(ctx)
	if err != nil {
		return EnvironmentView{}, err
	}
	workflows, err := l.listed(ctx, head)
	if err != nil {
		return EnvironmentView{}, err
	}
	syncs, _, err := l.p.store.Syncs(ctx, l.env.ID, Page{Limit: 1})
	if err != nil {
		return EnvironmentView{}, fmt.Errorf("read syncs: %w", err)
	}
	poll, err := l.p.store.Poll(ctx, l.env.ID)
	if err != nil && !fault.Is(err, fault.NotFound) { // it was removed meanwhile
		return EnvironmentView{}, fmt.Errorf("read poll: %w", err)
	}
	v := viewEnvironment(l.env, head, workflows, l.p.now())
	v.Poll = viewPoll(l.env, poll)
	if len(syncs) > 0 {
		v.LastSync = &syncs[0]
	}
	return v, nil
}

// viewEnvironment is what its ledger and its workflows say of it.
func viewEnvironment(env slipway.Environment, head slipway.Row, workflows []slipway.Workflow, at time.Time) EnvironmentView {
	s := head.State
	e := EnvironmentView{Environment: env, AutoLive: !s.AutoLiveOff, Release: head.Number, Workflows: len(workflows)}
	if s.IsFrozen(at) {
		e.Freeze = s.Freeze
	}
	var newest int64 // sequence
	for _, w := range s.Workflows {
		if w.Live != nil {
			e.Live++
		}
		if w.Live != nil && w.Live.Sequence > newest {
			newest, e.LiveCommit = w.Live.Sequence, w.Live.Commit
		}
		if w.Hold != nil {
			e.Held++
		}
	}
	for _, w := range workflows {
		if w.Latest.Outcome == slipway.Failed {
			e.Failing++
		}
	}
	return e
}

// environment reads by slug and, where there is none, says which there are.
func (p *Plane) environment(ctx context.Context, slug string) (slipway.Environment, error) {
	e, err := p.store.Environment(ctx, slug)
	if err != nil {
		return slipway.Environment{}, p.unknownEnvironment(ctx, slug, fmt.Errorf("read environment: %w", err))
	}
	p.ids.learn(slug, e.ID)
	return e, nil
}

// unknownEnvironment adds which environments there are to an error that says that
// one is not there; it leaves any other as it is.
func (p *Plane) unknownEnvironment(ctx context.Context, slug string, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	p.ids.forget(slug)
	f := fault.Wrap(err, fault.NotFound, fault.CodeOf(err), "there is no environment %q", slug) // with commands of its own
	slugs, lerr := p.Slugs(ctx)
	if lerr != nil {
		return lerr
	}
	if len(slugs) == 0 {
		return f.WithHint("there is no environment yet; add one").WithFix("env", "add", slug, "--repo", "URL_OR_PATH")
	}
	return f.WithHint("there is %s", strings.Join(slugs, ", ")).WithFix("env", "list")
}
