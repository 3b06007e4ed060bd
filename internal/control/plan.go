package control

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// PlanStatus is where a plan stands.
type PlanStatus string

// The statuses of a plan; all but running are ends.
const (
	PlanRunning PlanStatus = "running"
	PlanDone    PlanStatus = "done"
	PlanFailed  PlanStatus = "failed" // it could not be made: its problem says why
)

// Plan is a dry run: a check of the newest commit of a branch, of which nothing
// is recorded but the plan itself.
type Plan struct {
	ID          string             `json:"id"`
	Environment string             `json:"environment"` // id
	Status      PlanStatus         `json:"status"`
	Repository  slipway.Repository `json:"repository"`
	StartedBy   slipway.Actor      `json:"startedBy"`
	RequestedAt time.Time          `json:"requestedAt"`
	EndedAt     *time.Time         `json:"endedAt"`
	Commit      *slipway.Commit    `json:"commit"`
	Report      *PlanReport        `json:"report"`
	Problem     *slipway.Problem   `json:"problem"`
	Triggers    []string           `json:"triggers,omitempty"`
}

// PlanReport is what the check found.
type PlanReport struct {
	Workflows   []PlannedFile           `json:"workflows"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

// PlannedFile is a workflow file and whether it would make a valid deployment.
type PlannedFile struct {
	Path     string           `json:"path"`
	Workflow string           `json:"workflow"`
	Valid    bool             `json:"valid"`
	Settings slipway.Settings `json:"settings"`
	Size     int64            `json:"size"` // of the bundle, bytes
}

// planLife is how long a plan may run: after it its worker is thought dead.
const planLife = 5 * time.Minute

func planKey(env, id string) string { return planBlobs + "/" + env + "/" + id + ".json" }

// RequestPlan asks for a plan, and makes it where nobody starts work; branch is another one than
// the environment's, "" for that.
func (p *Plane) RequestPlan(ctx context.Context, slug, branch string, by slipway.Actor) (Plan, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return Plan{}, err
	}
	if err := by.Validate(); err != nil {
		return Plan{}, err
	}
	now := p.now().UTC()
	id, err := newID("plan", now)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{
		ID: id, Environment: env.ID, Status: PlanRunning, Repository: env.Repository, StartedBy: by, RequestedAt: now, Triggers: env.Triggers,
	}
	if branch != "" {
		plan.Repository.Branch = branch
	}
	if err := p.putPlan(ctx, plan); err != nil {
		return Plan{}, err
	}
	if p.start == nil {
		return p.RunPlan(ctx, env.ID, plan.ID)
	}
	p.start(Work{Environment: env.ID, Plan: plan.ID})
	return plan, nil
}

// Plan reads one.
func (p *Plane) Plan(ctx context.Context, slug, id string) (Plan, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return Plan{}, err
	}
	return p.readPlan(ctx, env.ID, id)
}

func (p *Plane) readPlan(ctx context.Context, env, id string) (Plan, error) {
	unknown := fault.New(fault.NotFound, "unknown-plan", "there is no plan %q", id).WithHint("ask for one; plans are not kept for ever")
	if !strings.HasPrefix(id, "plan_") || strings.Trim(id[5:], "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
		return Plan{}, unknown
	}
	data, err := p.reads.Get(ctx, planKey(env, id))
	if fault.Is(err, fault.NotFound) {
		return Plan{}, unknown
	}
	if err != nil {
		return Plan{}, fmt.Errorf("read plan: %w", err)
	}
	var plan Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		return Plan{}, fault.Wrap(err, fault.Internal, "bad-record", "a stored plan cannot be read")
	}
	if plan.Status == PlanRunning && p.now().Sub(plan.RequestedAt) > planLife {
		plan.Status = PlanFailed
		plan.Problem = &slipway.Problem{Code: CodeDied, Detail: "its worker was not heard of for too long", Hint: "ask for another", Transient: true}
	}
	return plan, nil
}

func (p *Plane) putPlan(ctx context.Context, plan Plan) error {
	data, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("encode plan: %w", err)
	}
	if err := p.blobs.Put(ctx, planKey(plan.Environment, plan.ID), data); err != nil {
		return fmt.Errorf("write plan: %w", err)
	}
	return nil
}
