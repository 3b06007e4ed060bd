package control

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// PruneOptions qualify Prune.
type PruneOptions struct {
	DryRun bool                // only say what would go
	Policy slipway.PrunePolicy // zero is the default
}

// PruneReport is what a prune took away or, of a dry run, would have.
type PruneReport struct {
	At           time.Time           `json:"at"`
	DryRun       bool                `json:"dryRun"`
	Environments []PrunedEnvironment `json:"environments"`
	Blobs        []PrunedBlobs       `json:"blobs"`
}

// PrunedEnvironment is what goes of one environment's records, and what stays.
type PrunedEnvironment struct {
	Environment string                   `json:"environment"` // slug
	ID          string                   `json:"id"`
	Removed     bool                     `json:"removed,omitempty"`
	Deployments []PrunedDeployment       `json:"deployments"`
	Size        int64                    `json:"size"` // of their bundles, bytes; some may be shared
	Syncs       []string                 `json:"syncs"`
	Kept        map[slipway.PruneWhy]int `json:"kept"` // deployments that stay, by why
	KeptSyncs   int                      `json:"keptSyncs"`
}

// PrunedDeployment is one that goes.
type PrunedDeployment struct {
	ID        string           `json:"id"`
	Workflow  string           `json:"workflow,omitempty"`
	Why       slipway.PruneWhy `json:"why"`
	Size      int64            `json:"size"`
	CreatedAt time.Time        `json:"createdAt"`
}

const (
	pruneTries = 20 // that somebody else's release may spoil
	pruneLock  = "prune"
)

// Prune takes away what nobody needs: old deployments that slipway.Pruning lets
// go, ended syncs that nothing refers to any more, and the blobs that no record
// needs. Nothing is lost that a person can still make live.
//
// It is safe beside everything else. A record goes only if the ledger has not
// moved since it was decided, and is decided again if it has; a blob goes a week
// after its mark, in an order that package blob explains. Only one prune runs at
// a time: Conflict ("prune-running").
func (p *Plane) Prune(ctx context.Context, o PruneOptions) (PruneReport, error) {
	if o.Policy == (slipway.PrunePolicy{}) {
		o.Policy = slipway.DefaultPrunePolicy()
	}
	report := PruneReport{At: p.now().UTC(), DryRun: o.DryRun, Environments: []PrunedEnvironment{}}
	if !o.DryRun {
		release, ok, err := p.lock(pruneLock)
		if err != nil {
			return report, err
		}
		if !ok {
			return report, fault.New(fault.Conflict, "prune-running", "another prune is at work").WithHint("wait for its end, then look whether there is more to do")
		}
		defer release()
	}
	envs, err := p.prunable(ctx, o.Policy, report.At)
	if err != nil {
		return report, err
	}
	needs := newNeeds()
	for _, e := range envs {
		pruned, err := p.pruneEnvironment(ctx, o, e, report.At, needs)
		if err != nil {
			return report, err
		}
		report.Environments = append(report.Environments, pruned)
	}
	report.Blobs, err = p.sweep(ctx, needs, report.At, o.DryRun)
	return report, err
}

// prunedOf is an environment to prune.
type prunedOf struct {
	slipway.Environment
	removed bool // there is its tombstone
	gone    bool // and it is old
}

// prunable gives all environments, those that were removed too.
func (p *Plane) prunable(ctx context.Context, policy slipway.PrunePolicy, at time.Time) ([]prunedOf, error) {
	removals, err := p.store.Removals(ctx)
	if err != nil {
		return nil, fmt.Errorf("read removals: %w", err)
	}
	envs, err := p.store.Environments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read environments: %w", err)
	}
	var all []prunedOf
	for _, e := range envs {
		all = append(all, prunedOf{Environment: e})
	}
	for _, r := range removals {
		all = append(all, prunedOf{r.Environment, true, r.RemovedAt.Before(at.Add(-policy.Age))})
	}
	return all, nil
}

// pruneEnvironment decides what goes and, unless it is a dry run, takes it away.
// When the ledger moves meanwhile it decides again.
func (p *Plane) pruneEnvironment(ctx context.Context, o PruneOptions, e prunedOf, at time.Time, needs *needs) (PrunedEnvironment, error) {
	var done []PrunedDeployment // in tries before
	for tries := 1; ; tries++ {
		plan, err := p.planPrune(ctx, o.Policy, e, at)
		if err != nil {
			return PrunedEnvironment{}, err
		}
		if !o.DryRun {
			n, err := p.carryOut(ctx, e.ID, plan)
			if err != nil && fault.Is(err, fault.Conflict) && tries < pruneTries && wait(ctx, tries) == nil {
				done = append(done, plan.pruned.Deployments[:n]...)
				continue
			}
			if err != nil {
				return PrunedEnvironment{}, err
			}
		}
		plan.pruned.Deployments = append(done, plan.pruned.Deployments...)
		for _, d := range plan.pruned.Deployments {
			plan.pruned.Size += d.Size
		}
		needs.add(plan.needs)
		return plan.pruned, nil
	}
}

// carryOut takes away what a plan says, and says how many deployments went.
func (p *Plane) carryOut(ctx context.Context, env string, plan prunePlan) (n int, err error) {
	for batch := range slices.Chunk(plan.pruned.Deployments, MaxDeletes) {
		ids := make([]string, len(batch))
		for i, d := range batch {
			ids[i] = d.ID
		}
		if err := again(ctx, func() error { return p.store.DeleteDeployments(ctx, env, plan.head, ids) }); err != nil {
			return n, fmt.Errorf("delete deployments: %w", err)
		}
		n += len(batch)
	}
	for ids := range slices.Chunk(plan.pruned.Syncs, MaxDeletes) {
		if err := again(ctx, func() error { return p.store.DeleteSyncs(ctx, env, ids) }); err != nil {
			return n, fmt.Errorf("delete syncs: %w", err)
		}
	}
	return n, nil
}

// again does something that may be done twice until it does not fail for a
// passing condition, or patience ends.
func again(ctx context.Context, do func() error) error {
	for n := 1; ; n++ {
		err := do()
		if !fault.Is(err, fault.Unavailable) || n > maxFaults || wait(ctx, n) != nil {
			return err
		}
	}
}
