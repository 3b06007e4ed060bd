package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

func TestTimeline(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)
	after := func(seconds int) time.Time { return began.Add(time.Duration(seconds) * time.Second) }
	end := after(100)
	step := func(name string, from, to int) slipway.StepTime {
		return slipway.StepTime{Step: name, Start: after(from), Took: time.Duration(to-from) * time.Second}
	}
	problem := &slipway.Problem{Code: "any"}
	for name, c := range map[string]struct {
		sync slipway.Sync
		want string // state, start and length of each bar
	}{
		"queued": {
			slipway.Sync{Status: slipway.SyncQueued},
			"wait now 0+1000, fetch ahead 0+0, validate ahead 0+0, go live ahead 0+0",
		},
		"begins": {
			slipway.Sync{Status: slipway.SyncRunning, Steps: []slipway.StepTime{{Step: "fetch", Start: after(20)}}},
			"wait done 0+200, fetch now 200+800, validate ahead 0+0, go live ahead 0+0",
		},
		"ended": {
			slipway.Sync{Status: slipway.SyncSucceeded, EndedAt: &end, Steps: []slipway.StepTime{step("fetch", 10, 30), step("validate", 30, 90), step("go live", 90, 100)}},
			"wait done 0+100, fetch done 100+200, validate done 300+600, go live done 900+100",
		},
		"failed in a step": {
			slipway.Sync{Status: slipway.SyncFailed, Problem: problem, EndedAt: &end, Steps: []slipway.StepTime{step("fetch", 50, 100)}},
			"wait done 0+500, fetch stopped 500+500, validate skipped 0+0, go live skipped 0+0",
		},
		"no room": {
			slipway.Sync{
				Status: slipway.SyncIncomplete, Problem: problem, Counts: slipway.Counts{Kept: map[slipway.Note]int{slipway.NoteRefused: 1}},
				EndedAt: &end, Steps: []slipway.StepTime{step("fetch", 0, 0), step("validate", 0, 50), step("go live", 50, 100)},
			},
			"wait done 0+4, fetch done 0+4, validate done 0+500, go live done 500+500",
		},
		"nothing valid": {
			slipway.Sync{Status: slipway.SyncFailed, EndedAt: &end, Steps: []slipway.StepTime{step("fetch", 0, 50), step("validate", 50, 100), step("go live", 100, 100)}},
			"wait done 0+4, fetch done 0+500, validate done 500+500, go live done 996+4",
		},
		"unchanged": {
			slipway.Sync{Status: slipway.SyncUnchanged, EndedAt: &end, Steps: []slipway.StepTime{step("fetch", 0, 100)}},
			"wait done 0+4, fetch done 0+1000, validate skipped 0+0, go live skipped 0+0",
		},
		"cancelled before it began": {
			slipway.Sync{Status: slipway.SyncCancelled, Problem: problem, EndedAt: &end},
			"wait stopped 0+1000, fetch skipped 0+0, validate skipped 0+0, go live skipped 0+0",
		},
		"a clock that is behind": {
			slipway.Sync{Status: slipway.SyncRunning, Steps: []slipway.StepTime{{Step: "fetch", Start: after(120)}}},
			"wait done 0+1000, fetch now 996+4, validate ahead 0+0, go live ahead 0+0",
		},
	} {
		c.sync.RequestedAt = began
		var got []string
		for _, s := range viewSync(&c.sync).timeline(after(100)) {
			got = append(got, fmt.Sprintf("%s %s %d+%d", s.Name, s.State, s.From, s.Wide))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, text, c.want)
		}
	}
}

func TestWhoAskedForASync(t *testing.T) {
	t.Parallel()
	ada, ben := slipway.LocalActor("ada"), slipway.Actor{Issuer: "https://id.example.com", Subject: "ben"}
	v := viewSync(&slipway.Sync{StartedBy: slipway.ClockActor(), Requesters: []slipway.Actor{ada, ben, ada, slipway.ClockActor()}})
	if v.By != "the clock" || strings.Join(v.Others, ", ") != "ada, ben (https://id.example.com)" {
		t.Errorf("by %q, and by %q", v.By, v.Others)
	}
}
