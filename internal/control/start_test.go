package control_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

var broken = slipway.Problem{Code: "not-started", Detail: "it could not be begun", Hint: "sync again", Transient: true}

// starting is a plane over w's store whose work is begun elsewhere: what was to
// begin is in the list.
func (w *world) starting() *[]control.Work {
	list := &[]control.Work{}
	w.options.Start = func(k control.Work) { *list = append(*list, k) }
	w.options.Leases = func(step string, _ int) time.Duration {
		if step == "start" {
			return time.Minute
		}
		return time.Hour
	}
	w.Plane = control.New(w.options)
	return list
}

func (w *world) startWaiting(want bool) control.SyncRef {
	w.t.Helper()
	ref, ok, err := w.StartWaiting(w.ctx, w.env())
	if err != nil || ok != want {
		w.t.Fatalf("started %+v: %t (%v), want %t", ref, ok, err, want)
	}
	return ref
}

func (w *world) env() string {
	w.t.Helper()
	e, err := w.store.Environment(w.ctx, "prod")
	if err != nil {
		w.t.Fatal(err)
	}
	return e.ID
}

func TestStartWaiting(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	work := w.starting()
	w.startWaiting(false)
	first := w.request(control.SyncOptions{})
	if len(*work) != 1 || (*work)[0].Environment != first.Environment {
		t.Errorf("a request begins %+v", *work)
	}
	ref := w.startWaiting(true)
	if s := w.read(first); ref.Sync != first.ID || s.Status != slipway.SyncRunning || s.Lease == nil || ref.Generation != s.Generation {
		t.Errorf("started %+v, which is %+v", ref, s)
	}
	w.startWaiting(false)
	second := w.request(control.SyncOptions{})
	w.startWaiting(false)
	*work = nil
	must[slipway.Sync](t)(w.Finish(w.ctx, control.FinishInput{SyncRef: ref, Problem: &slipway.Problem{Code: "x"}}))
	if len(*work) != 1 || (*work)[0].Environment != first.Environment {
		t.Errorf("the end of a sync begins %+v", *work)
	}
	if next := w.startWaiting(true); next.Sync != second.ID {
		t.Errorf("started %+v, want %s", next, second.ID)
	}
}

// TestInvariant8AStartThatCameToNothing: nobody began the steps and nobody said
// so. There are no locks, so the lease alone proves it.
func TestInvariant8AStartThatCameToNothing(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	work := w.starting()
	s := w.request(control.SyncOptions{})
	w.startWaiting(true)
	waiting := w.request(control.SyncOptions{})
	if _, err := w.Tick(w.ctx); err != nil || w.read(s).Status != slipway.SyncRunning {
		t.Fatalf("the tick ended it within its lease: %s (%v)", w.read(s).Status, err)
	}
	w.pass(2 * time.Minute)
	*work = nil
	ticked, err := w.Tick(w.ctx)
	if err != nil || len(ticked) != 1 || ticked[0].Ended == nil || ticked[0].Ended.Problem.Code != control.CodeDied {
		t.Fatalf("ticked %+v (%v)", ticked, err)
	}
	if len(*work) == 0 {
		t.Error("nobody begins the sync that waited")
	}
	if ref := w.startWaiting(true); ref.Sync != waiting.ID {
		t.Errorf("started %+v", ref)
	}
}

func TestAbandon(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	w.starting()
	s := w.request(control.SyncOptions{})
	ref := w.startWaiting(true)
	if err := w.Abandon(w.ctx, ref, broken); err != nil {
		t.Fatal(err)
	}
	ended := w.read(s)
	if ended.Status != slipway.SyncFailed || ended.Problem == nil || *ended.Problem != broken {
		t.Errorf("it ended as %s: %+v", ended.Status, ended.Problem)
	}
	if _, err := w.Fetch(w.ctx, ref); !fault.Is(err, fault.LeaseLost) && !fault.Is(err, fault.Conflict) {
		t.Errorf("steps that were begun all the same: %v", err)
	}
	if err := w.Abandon(w.ctx, ref, broken); err != nil {
		t.Errorf("abandoned again: %v", err)
	}
	if again := w.read(s); !again.EndedAt.Equal(*ended.EndedAt) {
		t.Error("it ended twice")
	}
}

func TestPlanInTwoSteps(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	w.sync(slipway.SyncSucceeded)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2"), "bWorkflow.ts", file("b", auth, "3"))
	work := w.starting()
	plan := must[control.Plan](t)(w.RequestPlan(w.ctx, "prod", "", ana.Actor))
	if len(*work) != 1 || (*work)[0].Plan != plan.ID {
		t.Fatalf("it begins %+v", *work)
	}
	for range 2 { // an event may come twice
		prepared := must[control.Plan](t)(w.PreparePlan(w.ctx, plan.Environment, plan.ID))
		if prepared.Status != control.PlanRunning || prepared.Commit == nil {
			t.Fatalf("prepared %+v", prepared)
		}
	}
	// What checks has neither a store nor a repository.
	o := w.options
	o.Store, o.Remote = nil, nil
	checks := control.New(o)
	done := must[control.Plan](t)(checks.CheckPlan(w.ctx, plan.Environment, plan.ID))
	if done.Status != control.PlanDone || len(done.Report.Workflows) != 2 || done.Report.Workflows[0].Valid {
		t.Errorf("the plan is %s: %+v", done.Status, done.Report)
	}
	if again := must[control.Plan](t)(w.PreparePlan(w.ctx, plan.Environment, plan.ID)); again.Status != control.PlanDone {
		t.Errorf("an event that comes late made it %s", again.Status)
	}
}

func TestPlanWithoutItsBasis(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	w.starting()
	plan := must[control.Plan](t)(w.RequestPlan(w.ctx, "prod", "", ana.Actor))
	if got := must[control.Plan](t)(w.CheckPlan(w.ctx, plan.Environment, plan.ID)); got.Status != control.PlanFailed || got.Problem == nil || got.EndedAt == nil {
		t.Errorf("the plan is %+v", got)
	}
	plan = must[control.Plan](t)(w.RequestPlan(w.ctx, "prod", "no-such-branch", ana.Actor))
	if got := must[control.Plan](t)(w.PreparePlan(w.ctx, plan.Environment, plan.ID)); got.Status != control.PlanFailed || got.Problem.Code != "branch-not-found" {
		t.Errorf("the plan is %+v", got)
	}
	plan = must[control.Plan](t)(w.RequestPlan(w.ctx, "prod", "", ana.Actor))
	for range 2 {
		if err := w.AbandonPlan(w.ctx, plan.Environment, plan.ID, broken); err != nil {
			t.Fatal(err)
		}
	}
	if got := must[control.Plan](t)(w.Plan(w.ctx, "prod", plan.ID)); got.Status != control.PlanFailed || *got.Problem != broken {
		t.Errorf("the plan is %+v", got)
	}
}

func TestEnsureToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	asked := 0
	secret := func(text string, err error) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { asked++; return text, err }
	}
	good := strings.Repeat("s3cr3t_", 9)
	for _, c := range []struct {
		text string
		err  error
	}{{"short", nil}, {strings.Repeat("x", 200), nil}, {"", errors.New("away")}} {
		if made, err := w.EnsureToken(w.ctx, "first", secret(c.text, c.err)); made || err == nil || c.text != "" && strings.Contains(err.Error(), c.text) {
			t.Errorf("%q: %t (%v)", c.text, made, err)
		}
	}
	if made, err := w.EnsureToken(w.ctx, "first", secret(good, nil)); !made || err != nil {
		t.Fatalf("made %t (%v)", made, err)
	}
	token := must[slipway.Token](t)(w.Authenticate(w.ctx, "slipway_first_"+good))
	if token.ID != "first" || token.Role != slipway.Admin || len(token.Environments) != 0 {
		t.Errorf("it lets in %+v", token)
	}
	if _, err := w.Authenticate(w.ctx, "slipway_first_"+good+"x"); err == nil {
		t.Error("another secret lets in")
	}
	if _, _, err := w.RevokeToken(w.ctx, "first", ana.Actor); err != nil {
		t.Fatal(err)
	}
	before := asked
	if made, err := w.EnsureToken(w.ctx, "first", secret(good, nil)); made || err != nil || asked != before {
		t.Errorf("after it was revoked: made %t (%v), asked %d times more", made, err, asked-before)
	}
	if _, err := w.Authenticate(w.ctx, "slipway_first_"+good); err == nil {
		t.Error("a revoked token lets in")
	}
}
