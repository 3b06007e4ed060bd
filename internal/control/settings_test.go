package control_test

import (
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/storetest"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v (%s), want %s", err, fault.CodeOf(err), code)
	}
}

func TestAFreezeKeepsSyncsBackUntilItIsThawed(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	past := w.clock.Add(-time.Hour)
	_, err := w.Freeze(w.ctx, "prod", &past, ana)
	wantCode(t, err, "bad-freeze")
	if _, err := w.Freeze(w.ctx, "prod", nil, ana); err != nil {
		t.Fatal(err)
	}
	v, err := w.Environment(w.ctx, "prod")
	if err != nil || v.Freeze == nil || v.Freeze.Reason != ana.Reason {
		t.Fatalf("freeze %+v (%v)", v.Freeze, err)
	}
	sha := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "frozen"))
	w.sync(slipway.SyncSucceeded)
	w.wantLive("a", shas[2])
	why := w.workflow("a").Why
	if why.Code != slipway.WhyFrozen || len(why.Fixes) == 0 || why.Fixes[0][0] != "thaw" {
		t.Errorf("why %+v", why)
	}
	_, err = w.MakeLive(w.ctx, "prod", "a", sha, ana, control.MakeLiveOptions{})
	wantCode(t, err, "frozen")
	res, err := w.Thaw(w.ctx, "prod", ana)
	if err != nil || !res.Changed || len(res.Rows) != 1 || len(res.Changes()) != 1 {
		t.Fatalf("thaw %+v (%v)", res, err)
	}
	w.wantLive("a", sha)
	if res, err := w.Thaw(w.ctx, "prod", ana); err != nil || res.Changed {
		t.Errorf("a second thaw %+v (%v)", res, err)
	}
}

func TestAFreezeEndsByItself(t *testing.T) {
	t.Parallel()
	w, _ := threeReleases(t, nil)
	until := w.clock.Add(time.Hour)
	if _, err := w.Freeze(w.ctx, "prod", &until, ana); err != nil {
		t.Fatal(err)
	}
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "frozen"))
	w.sync(slipway.SyncSucceeded)
	w.clock = w.clock.Add(2 * time.Hour)
	if v, err := w.Environment(w.ctx, "prod"); err != nil || v.Freeze != nil {
		t.Errorf("freeze %+v (%v)", v.Freeze, err)
	}
	sha := w.commit(gittest.Options{})
	w.sync(slipway.SyncSucceeded)
	w.wantLive("a", sha)
}

func TestADeletedWorkflowComesBackWithItsFile(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	_, err := w.Delete(w.ctx, "prod", "a", ana, "dep_other")
	wantCode(t, err, "live-changed")
	if res, err := w.Delete(w.ctx, "prod", "a", ana, w.workflow("a").Live.Deployment); err != nil || !res.Changed {
		t.Fatalf("delete %+v (%v)", res, err)
	}
	if ws, err := w.Workflows(w.ctx, "prod"); err != nil || len(ws) != 0 {
		t.Errorf("listed %+v (%v)", ws, err)
	}
	if v := w.workflow("a"); v.Live != nil || v.Why.Code != slipway.WhyDeleted || v.Why.Fixes[0][0] != "sync" {
		t.Errorf("it is %+v", v)
	}
	_, err = w.MakeLive(w.ctx, "prod", "a", shas[1], ana, control.MakeLiveOptions{})
	wantCode(t, err, "workflow-deleted")
	w.syncWith(control.SyncOptions{Actor: ana.Actor, IfChanged: true}, slipway.SyncSucceeded)
	w.wantLive("a", shas[2])
}

func TestSetEnvironment(t *testing.T) {
	t.Parallel()
	w, _ := threeReleases(t, nil)
	before, err := w.Environment(w.ctx, "prod")
	if err != nil {
		t.Fatal(err)
	}
	missing, root, off := "no-such-branch", `.\login/`, false
	_, err = w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{Branch: &missing}, ana)
	wantCode(t, err, "branch-not-found")
	out := "../out"
	_, err = w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{Root: &out}, ana)
	wantCode(t, err, "bad-root")

	change := control.EnvironmentChange{Root: &root, AutoLive: &off, Triggers: &[]string{"user:signed_out"}}
	res, err := w.SetEnvironment(w.ctx, "prod", change, ana)
	if err != nil || !res.Changed || res.Row.Cause != slipway.CauseAutoLiveOff {
		t.Fatalf("set %+v (%v)", res, err)
	}
	v, err := w.Environment(w.ctx, "prod")
	if err != nil || v.Version != 2 || v.Repository.Root != "login" {
		t.Fatalf("it is %+v (%v)", v, err)
	}
	if v.AutoLive || v.Release != before.Release+1 || v.ChangedBy != ana.Actor || v.Triggers[0] != "user:signed_out" {
		t.Errorf("it is %+v", v)
	}
	res, err = w.SetEnvironment(w.ctx, "prod", change, ana)
	if again, _ := w.Environment(w.ctx, "prod"); err != nil || res.Changed || again.Version != v.Version || again.Release != v.Release {
		t.Errorf("once more: %+v, %+v (%v)", res, again, err)
	}
}

// TestAChangeOfAnOlderConfigurationIsRefused: what somebody else changed meanwhile
// is not overwritten by whoever did not see it.
func TestAChangeOfAnOlderConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	w, _ := threeReleases(t, nil)
	set := func(version int64, trigger string, off *bool) (control.Result, error) {
		return w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{Triggers: &[]string{trigger}, Version: &version, AutoLive: off}, ana)
	}
	if res, err := set(1, "a:b", nil); err != nil || !res.Changed || res.Environment.Version != 2 {
		t.Fatalf("set %+v (%v)", res, err)
	}
	before, err := w.Environment(w.ctx, "prod")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []int64{0, 1, 3} {
		_, err := set(version, "c:d", new(false))
		wantCode(t, err, control.CodeEnvironmentChanged)
	}
	after, err := w.Environment(w.ctx, "prod")
	if err != nil || after.Version != 2 || after.Triggers[0] != "a:b" || after.Release != before.Release || !after.AutoLive {
		t.Errorf("a refused change made it %+v (%v)", after, err)
	}
	if res, err := set(1, "a:b", nil); err != nil || res.Changed {
		t.Errorf("what is so already: %+v (%v)", res, err)
	}
	if res, err := set(2, "c:d", new(false)); err != nil || !res.Changed || res.Environment.Version != 3 {
		t.Errorf("what is seen: %+v (%v)", res, err)
	}
}

func TestANewConfigurationIsANewCheck(t *testing.T) {
	t.Parallel()
	w, _ := threeReleases(t, nil)
	if s := w.syncWith(control.SyncOptions{Actor: ana.Actor, IfChanged: true}, slipway.SyncUnchanged); s.Versions.Configuration != 1 {
		t.Errorf("configuration %d", s.Versions.Configuration)
	}
	triggers := []string{"user:signed_out"}
	if _, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{Triggers: &triggers}, ana); err != nil {
		t.Fatal(err)
	}
	if s := w.syncWith(control.SyncOptions{Actor: ana.Actor, IfChanged: true}, slipway.SyncSucceeded); s.Versions.Configuration != 2 {
		t.Errorf("configuration %d", s.Versions.Configuration)
	}
}

// TestSettingsOnAFlakyStore: a change or a removal whose answers are lost is
// done once, and said to be.
func TestSettingsOnAFlakyStore(t *testing.T) {
	t.Parallel()
	flaky := false
	w, _ := threeReleases(t, func(s control.Store) control.Store {
		n := 0
		return storetest.NewFlaky(s, func(storetest.Op) storetest.Fault {
			if n++; flaky && n%2 == 0 {
				return storetest.LoseAnswer
			}
			return storetest.None
		})
	})
	flaky = true
	for i, trigger := range []string{"a:b", "c:d", "e:f"} {
		triggers, on := []string{trigger}, i%2 == 1
		res, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{Triggers: &triggers, AutoLive: &on, Version: new(int64(i + 1))}, ana)
		if err != nil || !res.Changed {
			t.Fatalf("set %+v (%v)", res, err)
		}
		if v, err := w.Environment(w.ctx, "prod"); err != nil || v.Version != int64(i+2) || v.AutoLive != on {
			t.Fatalf("it is %+v (%v)", v, err)
		}
	}
	if _, err := w.RemoveEnvironment(w.ctx, "prod", ana); err != nil {
		t.Fatal(err)
	}
	if rs, err := w.RemovedEnvironments(w.ctx); err != nil || len(rs) != 1 {
		t.Errorf("removed %+v (%v)", rs, err)
	}
}

func TestARemovedEnvironmentIsGoneAndItsNameIsFree(t *testing.T) {
	t.Parallel()
	w, _ := threeReleases(t, nil)
	old := w.workflow("a")
	r, err := w.RemoveEnvironment(w.ctx, "prod", ana)
	if err != nil || r.Reason != ana.Reason {
		t.Fatalf("removal %+v (%v)", r, err)
	}
	_, err = w.Workflow(w.ctx, "prod", "a")
	wantCode(t, err, "unknown-environment")
	_, err = w.RemoveEnvironment(w.ctx, "prod", ana)
	wantCode(t, err, "unknown-environment")
	if head, err := w.store.Head(w.ctx, r.ID); err != nil || head.State.Workflows["a"].Live.Deployment != old.Live.Deployment {
		t.Errorf("its records: %+v (%v)", head, err)
	}
	w.add()
	if v, err := w.Environment(w.ctx, "prod"); err != nil || v.ID == r.ID || v.Release != 0 || v.LastSync != nil {
		t.Errorf("the new one %+v (%v)", v, err)
	}
}

func TestARemovalStopsTheSyncThatRuns(t *testing.T) {
	t.Parallel()
	removal, store := (*slipway.Removal)(nil), control.Store(nil)
	w, _ := threeReleases(t, func(s control.Store) control.Store {
		store = s
		return storetest.NewFlaky(s, func(op storetest.Op) storetest.Fault {
			if op == storetest.OpPutDeployments && removal != nil {
				if err := s.RemoveEnvironment(t.Context(), *removal); err != nil {
					t.Error(err)
				}
				removal = nil
			}
			return storetest.None
		})
	})
	was := w.workflow("a")
	env, err := w.Environment(w.ctx, "prod")
	if err != nil {
		t.Fatal(err)
	}
	removal = &slipway.Removal{Environment: env.Environment, RemovedAt: w.clock, RemovedBy: ana.Actor}
	s, err := w.Sync(w.ctx, "prod", control.SyncOptions{Actor: ana.Actor})
	if err == nil && s.Status != slipway.SyncCancelled {
		t.Errorf("the sync is %+v", s)
	}
	if code := fault.CodeOf(err); err != nil && code != "lease-lost" && code != "unknown-environment" {
		t.Errorf("the sync gives %v (%s)", err, code)
	}
	syncs, _, err := store.Syncs(w.ctx, env.ID, control.Page{})
	if err != nil || syncs[0].Status != slipway.SyncCancelled || syncs[0].Problem.Code != slipway.CodeRemoved {
		t.Errorf("its record is %+v (%v)", syncs[0], err)
	}
	if head, err := store.Head(w.ctx, env.ID); err != nil || head.State.Workflows["a"].Live.Deployment != was.Live.Deployment {
		t.Errorf("the head moved: %+v (%v)", head, err)
	}
}
