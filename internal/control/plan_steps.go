package control

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// planBasis is all that checking a plan needs, so that the function that runs
// foreign code reads nothing but blobs.
type planBasis struct {
	Snapshot string         `json:"snapshot"`
	Stored   []check.Stored `json:"stored"` // the workflows of the environment as they are now
}

func basisKey(env, id string) string { return planBlobs + "/" + env + "/" + id + "-basis.json" }

// RunPlan makes a plan that was asked for, and gives it as it ended: PreparePlan
// and then CheckPlan.
func (p *Plane) RunPlan(ctx context.Context, env, id string) (Plan, error) {
	plan, err := p.PreparePlan(ctx, env, id)
	if err != nil || plan.Status != PlanRunning {
		return plan, err
	}
	return p.CheckPlan(ctx, env, id)
}

// PreparePlan fetches what a plan is about and leaves it in blobs for CheckPlan.
// It gives the plan: running, or as it ended, which it also does where the branch
// could not be read. Done twice it does the same.
func (p *Plane) PreparePlan(ctx context.Context, env, id string) (Plan, error) {
	return p.stepOfPlan(ctx, env, id, func(ctx context.Context, plan *Plan) error {
		commit, _, digest, err := p.bringSnapshot(ctx, plan.Repository)
		if err != nil {
			return err
		}
		ws, err := p.store.Workflows(ctx, plan.Environment)
		if err != nil {
			return fmt.Errorf("read workflows: %w", err)
		}
		head, err := p.store.Head(ctx, plan.Environment)
		if err != nil {
			return fmt.Errorf("read head: %w", err)
		}
		basis, err := json.Marshal(planBasis{digest, storedWorkflows(ws, head.State)})
		if err != nil {
			return fmt.Errorf("encode basis: %w", err)
		}
		if err := p.blobs.Put(ctx, basisKey(env, id), basis); err != nil {
			return fmt.Errorf("write basis: %w", err)
		}
		plan.Commit = &commit
		return nil
	})
}

// CheckPlan checks what PreparePlan has left, and gives the plan as it ended. It
// runs the foreign code, and it reads and writes blobs only.
func (p *Plane) CheckPlan(ctx context.Context, env, id string) (Plan, error) {
	return p.stepOfPlan(ctx, env, id, func(ctx context.Context, plan *Plan) error {
		data, err := p.reads.Get(ctx, basisKey(env, id))
		if err != nil {
			return fmt.Errorf("read basis: %w", err)
		}
		var basis planBasis
		if err := json.Unmarshal(data, &basis); err != nil {
			return fault.Wrap(err, fault.Internal, "bad-record", "what a plan rests on cannot be read")
		}
		snap, err := p.snapshot(ctx, basis.Snapshot)
		if err != nil {
			return err
		}
		report, err := p.planReport(ctx, source(snap, plan.Repository.Root, plan.Triggers), basis.Stored)
		if err != nil {
			return err
		}
		now := p.now().UTC()
		plan.Report, plan.Status, plan.EndedAt = &report, PlanDone, &now
		return nil
	})
}

func (p *Plane) planReport(ctx context.Context, src check.Source, stored []check.Stored) (PlanReport, error) {
	found, err := p.checker.Discover(ctx, src)
	if err != nil {
		return PlanReport{}, fmt.Errorf("discover workflows: %w", err)
	}
	files, err := p.checker.Recheck(ctx, src, found.Files, nil)
	if err != nil {
		return PlanReport{}, fmt.Errorf("check files: %w", err)
	}
	report := PlanReport{Workflows: []PlannedFile{}, Diagnostics: append([]diagnostic.Diagnostic{}, found.Diagnostics...)}
	for _, f := range check.Across(files, stored) {
		report.Workflows = append(report.Workflows, PlannedFile{
			Path: f.Path, Workflow: f.Settings.ID, Valid: f.Valid(), Settings: f.Settings, Size: int64(f.Size),
		})
		report.Diagnostics = append(report.Diagnostics, f.Diagnostics...)
	}
	diagnostic.Sort(report.Diagnostics)
	return report, nil
}

// stepOfPlan does a step of a plan that runs, and writes the plan. One whose step
// failed has ended, as interrupted where its context has.
func (p *Plane) stepOfPlan(ctx context.Context, env, id string, step func(context.Context, *Plan) error) (Plan, error) {
	plan, err := p.readPlan(context.WithoutCancel(ctx), env, id)
	if err != nil || plan.Status != PlanRunning {
		return plan, err
	}
	left := plan.RequestedAt.Add(planLife - time.Minute).Sub(p.now())
	within, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	if err := step(within, &plan); err != nil {
		problem := *problemOf(ctx, err)
		if problem.Code == CodeInterrupted {
			problem.Detail, problem.Hint = "the plan was interrupted", "ask for another"
		}
		p.failPlan(&plan, problem)
	}
	return plan, p.putPlan(context.WithoutCancel(ctx), plan)
}

func (p *Plane) failPlan(plan *Plan, problem slipway.Problem) {
	now := p.now().UTC()
	plan.Status, plan.Problem, plan.EndedAt = PlanFailed, &problem, &now
}
