package slipway

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// ledger is an environment's ledger in memory, with the deployments it speaks
// of: what a store keeps, without a store.
type ledger struct {
	rows        []Row
	texts       []string // each row and its state as they were when written
	deployments map[string]Deployment
	clock       time.Time
	commands    int
	packed      *packing // of the newest state, in chunks of one workflow
}

func newLedger() *ledger {
	return &ledger{deployments: map[string]Deployment{}, clock: time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)}
}

func (l *ledger) head() Row {
	if len(l.rows) == 0 {
		return Row{}
	}
	return l.rows[len(l.rows)-1]
}

func (l *ledger) live(workflow string) string {
	if live := l.head().State.Workflows[workflow].Live; live != nil {
		return live.Deployment
	}
	return ""
}

func (l *ledger) entry(actor, reason string) Entry {
	l.commands++
	l.clock = l.clock.Add(time.Minute)
	return Entry{ID: RowID("env", actor, fmt.Sprint(l.commands)), At: l.clock, Actor: LocalActor(actor), Reason: reason}
}

// append does what a store does: it refuses a number that is taken, gives the
// stored row for a known id, and writes first marks.
func (l *ledger) append(row Row) error {
	for _, r := range l.rows {
		if r.ID == row.ID {
			return nil
		}
	}
	if row.Number != int64(len(l.rows))+1 {
		return fault.New(fault.Conflict, "ledger-moved", "row %d is not next", row.Number)
	}
	for _, c := range row.Changes {
		if d := l.deployments[c.To]; c.First && d.FirstLive == 0 {
			d.FirstLive = row.Number
			l.deployments[c.To] = d
		}
	}
	l.rows = append(l.rows, row)
	l.texts = append(l.texts, rowText(row))
	return nil
}

func rowText(r Row) string {
	a, _ := json.Marshal(r)
	b, _ := json.Marshal(r.State)
	return string(a) + string(b)
}

// deploy makes deployments as a sync of this sequence does: "workflow:code" with
// the workflow's name as trigger, or "workflow:code@trigger".
func (l *ledger) deploy(sequence int64, specs ...string) []Deployment {
	var ds []Deployment
	for _, spec := range specs {
		var workflow, code, trigger string
		if i := slices.Index([]byte(spec), '@'); i >= 0 {
			trigger, spec = spec[i+1:], spec[:i]
		}
		i := slices.Index([]byte(spec), ':')
		workflow, code = spec[:i], spec[i+1:]
		if trigger == "" {
			trigger = "on:" + workflow
		}
		d := Deployment{
			ID: fmt.Sprintf("%s%d", workflow, sequence), Workflow: workflow, Sequence: sequence, Outcome: Valid,
			Digest: "sha256:" + code, Commit: Commit{SHA: fmt.Sprintf("%07d", sequence)},
			Settings: Settings{ID: workflow, Trigger: trigger},
		}
		d.Code = CodeOf(workflow, d.Digest, d.Settings)
		l.deployments[d.ID] = d
		ds = append(ds, d)
	}
	return ds
}

// sync deploys and brings what it deployed.
func (l *ledger) sync(t *testing.T, sequence int64, specs ...string) {
	t.Helper()
	l.bring(t, sequence, l.deploy(sequence, specs...))
}

func (l *ledger) bring(t *testing.T, sequence int64, ds []Deployment) GoLivePlan {
	t.Helper()
	l.clock = l.clock.Add(time.Minute)
	plan, err := l.goLive(sequence, ds).Decide(l.head())
	if err != nil {
		t.Fatalf("go live %d: %v", sequence, err)
	}
	for _, row := range plan.Rows {
		if err := l.append(row); err != nil {
			t.Fatalf("append: %v", err)
		}
	}
	return plan
}

func (l *ledger) goLive(sequence int64, ds []Deployment) GoLive {
	return GoLive{At: l.clock, Actor: LocalActor("ana"), Sync: fmt.Sprintf("sync_%d", sequence), Generation: 1, Sequence: sequence, Candidates: ds}
}

// do carries a command out and returns how many rows it took.
func (l *ledger) do(t *testing.T, c Command) int {
	t.Helper()
	rows, err := c.Decide(l.head())
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	for _, row := range rows {
		if err := l.append(row); err != nil {
			t.Fatalf("append: %v", err)
		}
	}
	return len(rows)
}

// refused asserts that the command is refused with this code and writes nothing.
func (l *ledger) refused(t *testing.T, c Command, code string) {
	t.Helper()
	rows, err := c.Decide(l.head())
	if fault.CodeOf(err) != code || len(rows) != 0 {
		t.Fatalf("%T: got %d rows and %v (%s), want %s", c, len(rows), err, fault.CodeOf(err), code)
	}
	if f := fault.Of(err); f.Hint == "" {
		t.Errorf("%s has no hint", code)
	}
}

// makeLive is the command for a deployment as it is stored now.
func (l *ledger) makeLive(id string) MakeLive {
	d := l.deployments[id]
	return MakeLive{Entry: l.entry("ana", "because"), Target: d, Newest: l.newestGood(d.Workflow)}
}

func (l *ledger) newestGood(workflow string) (n int64) {
	for _, d := range l.deployments {
		if d.Workflow == workflow && d.Outcome == Valid && !l.head().State.IsRejected(d.Code) {
			n = max(n, d.Sequence)
		}
	}
	return n
}

func (l *ledger) previous(workflow string) *Deployment {
	var ds []Deployment
	for _, d := range l.deployments {
		ds = append(ds, d)
	}
	slices.SortFunc(ds, func(a, b Deployment) int { return int(b.Sequence - a.Sequence) })
	if d, ok := Previous(l.head(), workflow, ds); ok {
		return &d
	}
	return nil
}

func (l *ledger) reject(id string) Reject {
	d := l.deployments[id]
	return Reject{Entry: l.entry("ana", "bad"), Target: d, Previous: l.previous(d.Workflow)}
}

func wantLive(t *testing.T, l *ledger, workflow, deployment string) {
	t.Helper()
	if got := l.live(workflow); got != deployment {
		t.Fatalf("live of %s is %q, want %q", workflow, got, deployment)
	}
}

func wantStatus(t *testing.T, l *ledger, want map[string]Status) {
	t.Helper()
	for id, status := range want {
		if got := StatusOf(l.deployments[id], l.head()); got != status {
			t.Errorf("status of %s is %s, want %s", id, got, status)
		}
	}
}
