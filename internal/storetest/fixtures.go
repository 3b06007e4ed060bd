package storetest

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// moment is a time with every digit of its nanoseconds.
func moment(n int64) time.Time {
	return time.Date(2026, 3, 29, 1, 2, 3, 123456789, time.UTC).Add(time.Duration(n) * time.Minute)
}

func anEnvironment() slipway.Environment {
	id := unique()
	return slipway.Environment{
		ID: "env_" + id, Slug: "e-" + id,
		Repository: slipway.Repository{URL: "https://git.example/" + id, Branch: "main", Root: "apps/a", Credential: "c"},
		Triggers:   []string{"user:extra"}, Version: 3, CreatedAt: moment(0), CreatedBy: slipway.LocalActor("ada"),
	}
}

func aCommit(n int) slipway.Commit {
	return slipway.Commit{SHA: fmt.Sprintf("%07x%033d", 0xabc0000+n, n), Author: "Ada", Email: "ada@example.com", Message: "change", Time: moment(int64(n))}
}

func aSync(env, id string) slipway.Sync {
	c := aCommit(1)
	return slipway.Sync{
		ID: id, Environment: env, Generation: 1, Status: slipway.SyncRunning, IfChanged: true,
		StartedBy: slipway.Actor{Issuer: "https://id.example", Subject: "grace"}, Commit: &c, Snapshot: "sha256:aa",
		Versions:    slipway.Versions{Configuration: 2, Checker: "7"},
		Counts:      slipway.Counts{Found: 3, Valid: 2, Fail: 1, Kept: map[slipway.Note]int{slipway.NoteHeld: 1}},
		Diagnostics: []diagnostic.Diagnostic{{Code: "no-config", Severity: diagnostic.Error, Path: "kinde.json", Line: 2, Message: "m"}},
		RequestedAt: moment(0), Steps: []slipway.StepTime{{Step: "fetch", Start: moment(1), Took: 1234567}},
	}
}

// ended is sync as its worker ends it.
func ended(s slipway.Sync) slipway.Sync {
	at := moment(9)
	s.Status, s.EndedAt = slipway.SyncSucceeded, &at
	return s
}

func begin(t *testing.T, s control.Store, env, id string) slipway.Sync {
	t.Helper()
	return value(Begin(t.Context(), s, aSync(env, id)))(t)
}

func aDeployment(sync slipway.Sync, workflow, path string, outcome slipway.Outcome) slipway.Deployment {
	at := moment(sync.Sequence)
	d := slipway.Deployment{
		ID: "dep_" + sync.ID + "_" + path, Environment: sync.Environment, Workflow: workflow, Sync: sync.ID, Sequence: sync.Sequence,
		Commit: aCommit(int(sync.Sequence)), Path: path, Outcome: outcome, CreatedAt: at,
	}
	if outcome == slipway.Processing {
		return d
	}
	d.CheckedAt = &at
	d.Diagnostics = []diagnostic.Diagnostic{{Code: "unused", Severity: diagnostic.Warning, Path: path, Line: 3, Column: 4, LineText: "x", Message: "m", Hint: "h"}}
	if outcome == slipway.Valid {
		d.Settings = slipway.Settings{ID: workflow, Name: "N", Trigger: "user:" + workflow, FailurePolicy: "stop", Bindings: []string{"kinde.a"}}
		d.Digest, d.SourceDigest, d.Size = "sha256:"+path, "sha256:s", 42
		d.Code = slipway.CodeOf(workflow, d.Digest, d.Settings)
		d.Packages = map[string]string{"esbuild": "1"}
	}
	return d
}

// listed is ds as a list gives them.
func listed(ds ...slipway.Deployment) []slipway.Deployment {
	list := make([]slipway.Deployment, len(ds))
	for i, d := range ds {
		list[i] = d.Listed()
	}
	return list
}

func put(t *testing.T, s control.Store, sync slipway.Sync, ds ...slipway.Deployment) {
	t.Helper()
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), ds, nil))
}

func aWorkflow(d slipway.Deployment) slipway.Workflow { return slipway.Workflow{}.Saw(d) }

// after is a row that follows head and makes these deployments live.
func after(head slipway.Row, id string, ds ...slipway.Deployment) slipway.Row {
	r := slipway.Row{
		Number: head.Number + 1, ID: id, At: moment(head.Number), Actor: slipway.LocalActor("ada"),
		Cause: slipway.CauseMakeLive, Reason: "because " + id, Notes: []string{"override"},
		State: slipway.State{Workflows: maps.Clone(head.State.Workflows), AutoLiveOff: head.Number%2 == 0},
	}
	if r.State.Workflows == nil {
		r.State.Workflows = map[string]slipway.WorkflowState{}
	}
	for _, d := range ds {
		was := r.State.Workflows[d.Workflow]
		from := ""
		if was.Live != nil {
			from = was.Live.Deployment
		}
		r.Changes = append(r.Changes, slipway.Change{Workflow: d.Workflow, From: from, To: d.ID, First: true})
		r.State.Workflows[d.Workflow] = slipway.WorkflowState{EverLive: true, Live: &slipway.Live{
			Deployment: d.ID, Sequence: d.Sequence, Digest: d.Digest, Trigger: d.Settings.Trigger, Code: d.Code,
			Commit: d.Commit.SHA, Since: r.At, Actor: r.Actor, Release: r.Number,
		}}
	}
	return r
}

// grow appends n rows and returns them, oldest first.
func grow(t *testing.T, s control.Store, env string, n int) []slipway.Row {
	t.Helper()
	var rows []slipway.Row
	head := value(s.Head(t.Context(), env))(t)
	for range n {
		head = value(s.Append(t.Context(), env, after(head, fmt.Sprintf("row_%d", head.Number+1)), nil))(t)
		rows = append(rows, head)
	}
	return rows
}

// bare is a row as a list shows it.
func bare(r slipway.Row) slipway.Row {
	r.State = slipway.State{}
	return r
}
