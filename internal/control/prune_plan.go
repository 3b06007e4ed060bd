package control

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// prunePlan is what goes of an environment if its ledger's head is still this.
type prunePlan struct {
	head   int64
	pruned PrunedEnvironment
	needs  *needs // of what stays
}

// needs is what records need of blobs.
type needs struct {
	bundles   map[string]bool // digests
	snapshots map[string]bool
	unended   map[string]bool // ids of syncs that still work on their batches
}

func newNeeds() *needs {
	return &needs{bundles: map[string]bool{}, snapshots: map[string]bool{}, unended: map[string]bool{}}
}

func (n *needs) add(m *needs) {
	maps.Copy(n.bundles, m.bundles)
	maps.Copy(n.snapshots, m.snapshots)
	maps.Copy(n.unended, m.unended)
}

// planPrune decides about one environment. It reads the syncs first: what one
// of them writes later is young, and it was said not to have ended.
func (p *Plane) planPrune(ctx context.Context, policy slipway.PrunePolicy, e prunedOf, at time.Time) (prunePlan, error) {
	plan := prunePlan{needs: newNeeds(), pruned: PrunedEnvironment{
		Environment: e.Slug, ID: e.ID, Removed: e.removed,
		Deployments: []PrunedDeployment{}, Syncs: []string{}, Kept: map[slipway.PruneWhy]int{},
	}}
	syncs, err := p.prunedSyncs(ctx, policy, e, at, plan.needs)
	if err != nil {
		return plan, err
	}
	head, err := p.store.Head(ctx, e.ID)
	if err != nil {
		return plan, fmt.Errorf("read head: %w", err)
	}
	plan.head = head.Number
	decision := slipway.Pruning{Policy: policy, Head: head, At: at, Unended: plan.needs.unended, Removed: e.gone}
	for d, err := range p.deployments(ctx, e.ID, DeploymentQuery{Page: Page{Limit: MaxPage}}) {
		if err != nil {
			return plan, err
		}
		goes, why := decision.Look(d)
		if goes {
			plan.pruned.Deployments = append(plan.pruned.Deployments, PrunedDeployment{d.ID, d.Workflow, why, d.Size, d.CreatedAt})
			continue
		}
		plan.pruned.Kept[why]++
		syncs.keep(d.Sync)
		if d.Digest != "" {
			plan.needs.bundles[d.Digest] = true
		}
	}
	plan.pruned.Syncs, plan.pruned.KeptSyncs = syncs.going()
	if !e.gone {
		plan.needs.ofState(head.State)
	}
	return plan, nil
}

// ofState adds the bundles that the head speaks of.
func (n *needs) ofState(s slipway.State) {
	for _, w := range s.Workflows {
		if w.Live != nil {
			n.bundles[w.Live.Digest] = true
		}
		if w.Offered != nil {
			n.bundles[w.Offered.Digest] = true
		}
	}
}

// oldSyncs are the syncs of an environment, of which those that nothing refers
// to may go.
type oldSyncs struct {
	ids   []string // newest first
	may   map[string]bool
	refer map[string][]string // sync → the syncs that its record names
}

// prunedSyncs reads all syncs, and what they need of blobs: the snapshot of each
// that has not ended, and of the newest that has and names one.
func (p *Plane) prunedSyncs(ctx context.Context, policy slipway.PrunePolicy, e prunedOf, at time.Time, needs *needs) (*oldSyncs, error) {
	o := &oldSyncs{may: map[string]bool{}, refer: map[string][]string{}}
	newest := true
	for page := (Page{Limit: MaxPage}); ; {
		syncs, next, err := p.store.Syncs(ctx, e.ID, page)
		if err != nil {
			return nil, fmt.Errorf("read syncs: %w", err)
		}
		for _, s := range syncs {
			o.may[s.ID] = policy.Prunable(s, at) && (len(o.ids) >= policy.Keep || e.gone)
			o.ids = append(o.ids, s.ID)
			o.refer[s.ID] = []string{s.MergedInto, s.SameAs}
			if !s.Status.Ended() {
				needs.unended[s.ID] = true
				needs.snapshots[s.Snapshot] = true
			} else if newest && s.Snapshot != "" && !e.gone {
				newest = false
				needs.snapshots[s.Snapshot] = true
			}
		}
		if page.Cursor = next; next == "" {
			return o, nil
		}
	}
}

// keep says that a record that stays refers to the sync.
func (o *oldSyncs) keep(id string) {
	if may, known := o.may[id]; known && may {
		o.may[id] = false
	}
}

// going gives the syncs that may go, and how many stay: what a sync that stays
// names in its record stays too.
func (o *oldSyncs) going() (ids []string, kept int) {
	for n := -1; n != kept; {
		n, kept, ids = kept, 0, []string{}
		for _, id := range o.ids {
			if o.may[id] {
				ids = append(ids, id)
				continue
			}
			kept++
			for _, named := range o.refer[id] {
				o.keep(named)
			}
		}
	}
	return ids, kept
}
