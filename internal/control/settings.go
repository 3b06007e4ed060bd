package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// EnvironmentChange is what to change of an environment; nil leaves a setting
// as it is. An empty branch means the one that the repository itself prefers.
type EnvironmentChange struct {
	URL        *string
	Branch     *string
	Root       *string
	Credential *string
	Triggers   *[]string
	AutoLive   *bool

	PollSeconds *int // 0: never

	// Version is the version of the configuration that whoever asks has seen, nil
	// if they did not say: where another is there by now, a change of the
	// configuration is refused (Conflict, CodeEnvironmentChanged). Auto-live is no
	// part of the configuration.
	Version *int64
}

// CodeEnvironmentChanged is the fault of a change whose sender saw an older
// configuration; the stores give it to whoever loses the race to write one.
const CodeEnvironmentChanged = "environment-changed"

// refuseOlder refuses a change of env whose sender saw another version of it.
func (c EnvironmentChange) refuseOlder(env slipway.Environment) error {
	if c.Version == nil || *c.Version == env.Version {
		return nil
	}
	f := fault.New(fault.Conflict, CodeEnvironmentChanged, "environment %q has configuration %d by now; you saw %d", env.Slug, env.Version, *c.Version)
	if env.Version > 1 {
		f.Detail += ", and " + env.ChangedBy.String() + " changed it"
	}
	return f.WithHint("look at what it is now, then decide again").WithFix("env", "show", fault.EnvArg)
}

func (c EnvironmentChange) of(e slipway.Environment) slipway.Environment {
	for to, from := range map[*string]*string{
		&e.Repository.URL: c.URL, &e.Repository.Branch: c.Branch, &e.Repository.Root: c.Root, &e.Repository.Credential: c.Credential,
	} {
		if from != nil {
			*to = *from
		}
	}
	if c.Triggers != nil {
		e.Triggers = slices.Clone(*c.Triggers)
	}
	if c.PollSeconds != nil {
		seconds := *c.PollSeconds
		e.PollSeconds = &seconds
	}
	return e
}

// SetEnvironment changes an environment's configuration, whose version rises,
// and then auto-live, by a row of the ledger. A repository that changes is
// proved to be readable first. What is so already is left: without Changed
// nothing was written. A sync that was asked for before keeps what it was asked
// with.
func (p *Plane) SetEnvironment(ctx context.Context, slug string, c EnvironmentChange, r Request) (Result, error) {
	if err := (slipway.Entry{Actor: r.Actor, Reason: r.Reason}).Validate(); err != nil {
		return Result{}, err
	}
	env, configured, err := p.configure(ctx, slug, c, r.Actor)
	if err != nil {
		return Result{}, err
	}
	res := Result{}
	if c.AutoLive != nil {
		if res, err = p.AutoLive(ctx, slug, *c.AutoLive, r); err != nil {
			return Result{}, err
		}
	}
	res.Environment = env
	res.Changed = res.Changed || configured
	return res, nil
}

// configure writes the changed configuration. When somebody else was first, or
// the answer was lost, it begins again.
func (p *Plane) configure(ctx context.Context, slug string, c EnvironmentChange, by slipway.Actor) (slipway.Environment, bool, error) {
	for tries := 0; ; tries++ {
		env, err := p.environment(ctx, slug)
		if err != nil {
			return env, false, err
		}
		next, err := p.prove(ctx, env, c)
		if err != nil {
			return env, false, err
		}
		if next.Equal(env) {
			if tries == 0 || env.ChangedBy != by {
				return env, false, nil
			}
			return env, true, p.configurePoll(ctx, env) // an answer was lost
		}
		if err := c.refuseOlder(env); err != nil {
			return env, false, err
		}
		if next.PollEvery() > 0 && next.PollEvery() != env.PollEvery() {
			// Before it is so, too: who dies between leaves no poll that is due never, or late.
			if err := p.configurePoll(ctx, next); err != nil {
				return env, false, err
			}
		}
		next.Version, next.ChangedAt, next.ChangedBy = env.Version+1, p.now().UTC(), by
		err = p.store.UpdateEnvironment(ctx, next)
		p.resolved.drop()
		if err == nil {
			return next, true, p.configurePoll(ctx, next)
		}
		again := fault.Is(err, fault.Conflict) || fault.Is(err, fault.Unavailable)
		if !again || tries >= maxFaults || wait(ctx, tries+1) != nil {
			return env, false, fmt.Errorf("write environment: %w", err)
		}
	}
}

// prove gives the environment as it will be, valid, and with a branch that can
// be read where the repository changes.
func (p *Plane) prove(ctx context.Context, env slipway.Environment, c EnvironmentChange) (slipway.Environment, error) {
	next := c.of(env)
	err := next.Validate()
	if err != nil {
		return env, err
	}
	if next.Repository.Root, err = slipway.CleanRoot(next.Repository.Root); err != nil {
		return env, err
	}
	if next.Repository == env.Repository {
		return next, nil
	}
	if next.Repository.Branch == "" {
		if next.Repository.Branch, err = p.remote.DefaultBranch(ctx, next.Repository); err != nil {
			return env, fmt.Errorf("read default branch: %w", err)
		}
	}
	if _, err := p.remote.Tip(ctx, next.Repository); err != nil {
		return env, fmt.Errorf("read branch: %w", err)
	}
	return next, nil
}

// RemoveEnvironment removes an environment: its name is free, nothing of it is
// listed or resolved, and a sync that runs is refused its next write. Its
// records stay. It does not wait for that sync: who removes it wants no more of
// it.
func (p *Plane) RemoveEnvironment(ctx context.Context, slug string, r Request) (slipway.Removal, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return slipway.Removal{}, err
	}
	removal := slipway.Removal{Environment: env, RemovedAt: p.now().UTC(), RemovedBy: r.Actor, Reason: r.Reason}
	if err := removal.Validate(); err != nil {
		return slipway.Removal{}, err
	}
	for tries := 1; ; tries++ {
		err := p.store.RemoveEnvironment(ctx, removal)
		p.resolved.drop()
		p.ids.forget(slug)
		if err == nil {
			return removal, nil
		}
		if !fault.Is(err, fault.Unavailable) || tries >= maxFaults || wait(ctx, tries) != nil {
			return slipway.Removal{}, fmt.Errorf("remove environment: %w", err)
		}
	}
}

// RemovedEnvironments reads the tombstones, by slug.
func (p *Plane) RemovedEnvironments(ctx context.Context) ([]slipway.Removal, error) {
	rs, err := p.store.Removals(ctx)
	if err != nil {
		return nil, fmt.Errorf("read removals: %w", err)
	}
	if rs == nil {
		rs = []slipway.Removal{}
	}
	return rs, nil
}
