package slipway

import (
	"strings"
	"testing"
	"time"
)

func TestARemovalEndsWhatRuns(t *testing.T) {
	at := time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)
	running := Sync{ID: "sync_a", Environment: "env_a", Generation: 3, Status: SyncRunning}
	ended := Removal{RemovedAt: at, RemovedBy: LocalActor("ana")}.End(running)
	if !ended.Status.Ended() || ended.Fence() == running.Fence() || ended.EndedAt == nil || !ended.EndedAt.Equal(at) {
		t.Errorf("it is %+v", ended)
	}
	if ended.Problem == nil || ended.Problem.Code != CodeRemoved || !strings.Contains(ended.Problem.Detail, "ana") {
		t.Errorf("its problem is %+v", ended.Problem)
	}
}

func TestARemovalNeedsAPerson(t *testing.T) {
	if (Removal{}).Validate() == nil || (Removal{RemovedBy: LocalActor("ana"), Reason: strings.Repeat("a", MaxReason+1)}).Validate() == nil {
		t.Error("it is let through")
	}
	if err := (Removal{RemovedBy: LocalActor("ana")}).Validate(); err != nil {
		t.Error(err)
	}
}
