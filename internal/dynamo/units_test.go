package dynamo

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/dynamo/meter"
	"github.com/slipway-dev/slipway/internal/slipway"
)

var rewrite = flag.Bool("update", false, "write the measured units into docs/table.md")

// bill is what was measured, an access a line.
type bill struct {
	t     *testing.T
	m     *meter.Client
	lines []line
}

type line struct {
	what        string
	requests    int
	read, write float64
}

// line measures one access.
func (b *bill) line(what string, do func() error) {
	b.t.Helper()
	b.m.Reset()
	must(b.t, do())
	b.lines = append(b.lines, line{what, b.m.Requests(), b.m.Read, b.m.Write})
}

// live is a state of n workflows, all live.
func live(n int) slipway.State {
	state := slipway.State{Workflows: map[string]slipway.WorkflowState{}}
	for i := range n {
		d := ordinary(fmt.Sprint(i))
		d.Settings.Trigger = fmt.Sprint("user:extra_trigger_", i) // no two are live on one
		state.Workflows[d.Workflow] = slipway.WorkflowState{
			EverLive: true,
			Live: &slipway.Live{
				Deployment: d.ID, Sequence: 1, Digest: d.Digest, Trigger: d.Settings.Trigger, Code: d.Code,
				Commit: d.Commit.SHA, Since: moment().Add(time.Duration(i)), Actor: slipway.LocalActor("ada"), Release: 1,
			},
			Offered: &slipway.Offered{Deployment: d.ID, Sequence: 1, Digest: d.Digest, Trigger: d.Settings.Trigger, Code: d.Code, Commit: d.Commit.SHA, WasLive: true},
		}
	}
	return state
}

// row makes these deployments live, for the first time or again.
func row(number int64, state slipway.State, first bool, ds ...slipway.Deployment) slipway.Row {
	r := slipway.Row{Number: number, ID: slipway.RowID(fmt.Sprint(number)), At: moment(), Actor: slipway.LocalActor("ada"), Cause: slipway.CauseSync, State: state}
	for _, d := range ds {
		r.Changes = append(r.Changes, slipway.Change{
			Workflow: d.Workflow, From: ordinary("old" + d.ID).ID, To: d.ID, FromCommit: digest("old" + d.ID)[:40], ToCommit: d.Commit.SHA, ToCode: d.Code, First: first,
		})
	}
	return r
}

// TestUnits keeps the costs in docs/table.md what is measured. DynamoDB Local
// counts what is read as DynamoDB does, and of a transaction one item alone; the
// other counts every item of a transaction, and what is read as one unit.
func TestUnits(t *testing.T) {
	at := places(t)
	if at["local"] == "" || at["ministack"] == "" {
		t.Skip("units are read off two emulators, and one is not here")
	}
	reads, writes := measure(t, client(at["local"])), measure(t, client(at["ministack"]))
	var rows strings.Builder
	rows.WriteString("| access | requests | read units | write units |\n|---|---|---|---|\n")
	for i, l := range reads {
		if l.what != writes[i].what || l.requests != writes[i].requests {
			t.Errorf("the emulators differ: %+v and %+v", l, writes[i])
		}
		fmt.Fprintf(&rows, "| %s | %d | %g | %g |\n", l.what, l.requests, l.read, writes[i].write)
	}
	const path, begin, end = "../../docs/table.md", "<!-- units: kept by a test -->\n", "<!-- end of units -->\n"
	text, err := os.ReadFile(path)
	must(t, err)
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatal("docs/table.md has no place for the units")
	}
	got := before + begin + rows.String() + end + after
	if *rewrite {
		must(t, os.WriteFile(path, []byte(got), 0o644))
	} else if diff := cmp.Diff(string(text), got); diff != "" {
		t.Errorf("docs/table.md is not what was measured; run TestUnits with -update:\n%s", diff)
	}
}

// measure makes every access on one endpoint. It begins again where an answer got
// lost: the answer to the second try of a transaction is what reading it would cost.
func measure(t *testing.T, c *dynamodb.Client) []line {
	t.Helper()
	for range 5 {
		if lines, ok := measureOnce(t, c); ok {
			return lines
		}
	}
	t.Fatal("answers got lost in every try")
	return nil
}

// measureOnce makes every access in environments of three sizes; ok is false where
// an answer got lost.
func measureOnce(t *testing.T, c *dynamodb.Client) (lines []line, ok bool) {
	t.Helper()
	b := &bill{t: t, m: &meter.Client{Client: c}}
	s := New(b.m, newTable(t, c))
	b.syncs(s, begun(t, s))
	for _, n := range []int{5, 100, slipway.MaxWorkflows} {
		s := New(b.m, newTable(t, c))
		b.ledger(s, begun(t, s), n)
	}
	return b.lines, !b.m.Replayed
}

// syncs measures all that is no ledger, in an environment of 100 workflows.
func (b *bill) syncs(s *Store, f slipway.Fence) {
	ctx, env := b.t.Context(), f.Environment
	ds := many(100)
	open := many(100)
	var ws []slipway.Workflow
	for i, d := range ds {
		open[i] = found(d)
		ws = append(ws, slipway.Workflow{}.Saw(d))
	}
	b.line("environment by its name", func() error { _, err := s.Environment(ctx, "production"); return err })
	b.line("slot", func() error { _, err := s.Slot(ctx, env); return err })
	b.line("slot moved, a new sync written", func() error {
		sync := slipway.Sync{ID: "sync_01M85DX416D0JMTFWWS06BT01B", Environment: env, Sequence: 2, Status: slipway.SyncQueued, Generation: 1}
		return s.MoveSlot(ctx, env, slipway.SlotMove{Slot: slipway.Slot{Version: 2, Sequence: 2, Running: f.Sync, Waiting: sync.ID}, Syncs: []slipway.Sync{sync}})
	})
	b.line("poll", func() error { _, err := s.Poll(ctx, env); return err })
	b.line("poll moved", func() error {
		p, err := s.Poll(ctx, env)
		must(b.t, err)
		return s.PutPoll(ctx, p.Asked(slipway.Environment{ID: env}, moment(), 0))
	})
	b.line("polls that are due, 1 of them", func() error { _, err := s.DuePolls(ctx, moment().AddDate(1, 0, 0), 16); return err })
	b.line("token", func() error {
		must(b.t, s.CreateToken(ctx, slipway.Token{ID: "01m85dx416d0jmtfwws06bt01b", Version: 1}))
		b.m.Reset()
		_, err := s.Token(ctx, "01m85dx416d0jmtfwws06bt01b")
		return err
	})
	b.line("answer claimed", func() error {
		_, _, err := s.ClaimAnswer(ctx, slipway.Answer{Key: digest("key"), Fingerprint: []byte(digest("request"))[:32], At: moment(), Expires: moment().AddDate(0, 0, 1)})
		return err
	})
	b.line("sync", func() error { _, err := s.Sync(ctx, env, f.Sync); return err })
	b.line("sync replaced", func() error {
		return s.UpdateSync(ctx, f, slipway.Sync{ID: f.Sync, Environment: env, Generation: 1, Status: slipway.SyncRunning, StartedBy: slipway.LocalActor("ada")})
	})
	b.line("page of syncs, 2 of them", func() error { _, _, err := s.Syncs(ctx, env, control.Page{}); return err })
	b.line("100 deployments put, found and not yet checked", func() error { return s.PutDeployments(ctx, f, open, nil) })
	b.line("100 deployments put, checked", func() error { return s.PutDeployments(ctx, f, ds, nil) })
	b.line("100 deployments put again, which writes nothing", func() error { return s.PutDeployments(ctx, f, ds, nil) })
	b.line("100 workflows put", func() error { return s.PutDeployments(ctx, f, nil, ws) })
	b.line("workflow", func() error { _, err := s.Workflow(ctx, env, ws[0].ID); return err })
	b.line("100 workflows", func() error { _, err := s.Workflows(ctx, env); return err })
	b.line("deployment", func() error { _, err := s.Deployment(ctx, env, ds[0].ID); return err })
	b.line("page of 50 deployments", func() error { _, _, err := s.Deployments(ctx, env, control.DeploymentQuery{}); return err })
	b.line("page of 50 deployments, whole", func() error { _, _, err := s.Deployments(ctx, env, control.DeploymentQuery{Whole: true}); return err })
	b.line("the 100 deployments of a sync", func() error {
		_, _, err := s.Deployments(ctx, env, control.DeploymentQuery{Sync: f.Sync, Page: control.Page{Limit: 100}})
		return err
	})
	b.line("a workflow's deployments, 1 of them", func() error {
		_, _, err := s.Deployments(ctx, env, control.DeploymentQuery{Workflow: ds[0].Workflow})
		return err
	})
	b.line("24 deployments pruned", func() error {
		var ids []string
		for _, d := range ds[:control.MaxDeletes] {
			ids = append(ids, d.ID)
		}
		return s.DeleteDeployments(ctx, env, 0, ids)
	})
}

// ledger measures the ledger of an environment with n workflows.
func (b *bill) ledger(s *Store, f slipway.Fence, n int) {
	ctx, env := b.t.Context(), f.Environment
	ds, state := many(max(n, slipway.MaxFirstMarks)), live(n)
	must(b.t, s.PutDeployments(ctx, f, ds, nil))
	data, err := state.Encode()
	must(b.t, err)
	of := fmt.Sprintf(" %d workflows, a state of %.1f KiB", n, float64(len(data))/1024)
	marks := min(n, slipway.MaxFirstMarks)
	b.line(fmt.Sprintf("row with %d first go-lives,%s", marks, of), func() error {
		_, err := s.Append(ctx, env, row(1, state, true, ds[:marks]...), &f)
		return err
	})
	b.line("what is live on each trigger,"+of, func() error { _, _, err := s.Resolved(ctx, "production"); return err })
	b.line("head,"+of, func() error { _, err := s.Head(ctx, env); return err })
	b.line("row of a person, one workflow rolled back,"+of, func() error {
		_, err := s.Append(ctx, env, row(2, state, false, ds[0]), nil)
		return err
	})
	b.line("release by its number,"+of, func() error { _, err := s.Row(ctx, env, 1); return err })
	b.line("page of releases, 2 of them,"+of, func() error { _, _, err := s.Rows(ctx, env, control.Page{}); return err })
	if n > slipway.MaxFirstMarks {
		b.line(fmt.Sprintf("restore of %d workflows,%s", n, of), func() error {
			_, err := s.Append(ctx, env, row(3, state, false, ds[:n]...), nil)
			return err
		})
	}
}
