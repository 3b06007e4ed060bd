package acceptance

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// caught is one way into a Catch of the deployed state machine: what is done, what
// the execution goes through, and how its sync ends as the API tells it.
type caught struct {
	state  string // whose Catch it is
	deed   string
	play   func(p *play)
	path   string
	status string
	reason string // the problem's code, else those of the diagnostics
}

// byItself can be provoked beside other syncs.
func byItself() []caught {
	const cancelled = "Finish failed, Ended"
	return []caught{
		{"Fetch", "the repository's host is gone", func(p *play) {
			p.git.Close()
			p.ask()
		}, "Fetch (Unavailable), Fetch#2 (Unavailable), Fetch#3 (Unavailable), Finish failed, Ended", "failed", "repository-unreachable"},
		{"Fetch", "the branch is deleted", func(p *play) {
			p.repo.Branch("other", p.repo.Tip("main"))
			p.repo.DeleteBranch("main")
			p.ask()
		}, "Fetch (NotFound), Finish failed, Ended", "failed", "branch-not-found"},
		{"Fetch", "the host lets nobody in", func(p *play) {
			p.gate.answer(http.StatusUnauthorized)
			p.ask()
		}, "Fetch (Invalid), Finish failed, Ended", "failed", "repository-credentials"},
		{"Fetch", "a person cancels while the repository is read", func(p *play) {
			open := p.askShut()
			p.gate.waits(p.T)
			p.cancel()
			open()
		}, "Fetch (LeaseLost), " + cancelled, "cancelled", "cancelled"},
		{"Validate", "the list of the batch may not be read", func(p *play) {
			open := p.askShut()
			p.refuse("validate", "s3:GetObject", "/batches/"+p.id)
			open()
		}, "Fetch, Is unchanged, Validate (Unavailable, Unavailable, Unavailable), Finish failed, Ended", "failed", "blobs-read-only"},
		{"Go live", "the table may not be read", func(p *play) {
			open := p.askShut()
			p.refuse("make-live", "dynamodb:GetItem", p.id)
			open()
		}, "Fetch, Is unchanged, Validate (done), Go live (Unavailable), Go live#2 (Unavailable), Go live#3 (Unavailable), Finish failed, Ended", "failed", "store-forbidden"},
		{"Go live", "a person cancels before anything is live", func(p *play) {
			open := p.askShut()
			met, over := p.hold("make-live", "dynamodb:GetItem", p.id)
			open()
			met()
			p.cancel()
			over()
		}, "Fetch, Is unchanged, Validate (done), Go live (LeaseLost), " + cancelled, "cancelled", "cancelled"},
	}
}

// results is where a batch's results go, or those of one of its files.
func (p *play) results(batch string) string { return "/results/" + p.id + "/1/" + batch + ".json" }

// byDeath kills a function, which would meet other syncs too.
func byDeath() []caught {
	return []caught{
		{"Fetch", "the function dies while it reads the repository", func(p *play) {
			open := p.askShut()
			p.gate.waits(p.T)
			p.kill("fetch", 0)
			open()
		}, "Fetch (Runtime.ExitError), Finish failed, Ended", "failed", "crashed"},
		{"Validate batch", "the function dies before it has written the batch's results", func(p *play) {
			p.killBatch(nil)
		}, "Fetch, Is unchanged, Validate (Runtime.ExitError, done, done, done), Go live, Finish, Ended", "succeeded", ""},
		{"Validate batch", "the function has not ended by its own time limit", func(p *play) {
			p.kill("validate", 8)
			p.Cleanup(func() { p.kill("validate", validateLimit) })
			open := p.askShut()
			p.hold("validate", "s3:PutObject", p.results("0"))
			open()
		}, "Fetch, Is unchanged, Validate (Sandbox.Timedout, done, done, done), Go live, Finish, Ended", "succeeded", ""},
		{"Validate", "the function dies, and then may not read the batch's list to divide it", func(p *play) {
			p.killBatch(func() { p.refuse("validate", "s3:GetObject", "/batches/"+p.id) })
		}, "Fetch, Is unchanged, Validate (Runtime.ExitError, Unavailable, Unavailable, Unavailable), Finish failed, Ended", "failed", "blobs-read-only"},
		{"Validate one", "the function dies at the batch, and again at its second file", func(p *play) {
			var met func()
			p.killBatch(func() { met, _ = p.hold("validate", "s3:PutObject", p.results("0-2")) })
			met()
			p.until(func() (execution, bool) { // the first file is checked
				e, err := p.machine.execution(p.Context(), p.id)
				must(p.T, err)
				return e, e.succeeded == 2
			})
			p.kill("validate", 0)
		}, "Fetch, Is unchanged, Validate (Runtime.ExitError, done, done, Runtime.ExitError), Go live, Finish, Ended", "incomplete", "not-checked"},
		{"Go live", "the function dies before anything is live", func(p *play) {
			open := p.askShut()
			met, _ := p.hold("make-live", "dynamodb:GetItem", p.id)
			open()
			met()
			p.kill("make-live", 0)
		}, "Fetch, Is unchanged, Validate (done), Go live (Runtime.ExitError), Finish failed, Ended", "failed", "crashed"},
	}
}

// validateLimit is the time limit of the function validate in template.yaml.
const validateLimit = 310

// killBatch kills validate at the end of a batch; more is done just before.
func (p *play) killBatch(more func()) {
	p.Helper()
	open := p.askShut()
	met, _ := p.hold("validate", "s3:PutObject", p.results("0"))
	open()
	met()
	if more != nil {
		more()
	}
	p.kill("validate", 0)
}

// byTheClock waits for time limits of the state machine, which are made short.
func byTheClock() []caught {
	return []caught{
		{"Fetch", "the repository is silent for longer than the state may take", func(p *play) {
			p.askShut()
		}, "Fetch (States.Timeout), Fetch#2 (States.Timeout), Fetch#3 (States.Timeout), Finish failed, Ended", "failed", "timed-out"},
		{"Go live", "the table is silent for longer than the state may take", func(p *play) {
			open := p.askShut()
			p.hold("make-live", "dynamodb:GetItem", p.id)
			open()
		}, "Fetch, Is unchanged, Validate (done), Go live (States.Timeout), Go live#2 (States.Timeout), Go live#3 (States.Timeout), Finish failed, Ended", "failed", "timed-out"},
		{"Validate batch", "the check of the batch takes longer than its state may", func(p *play) {
			open := p.askShut()
			p.hold("validate", "s3:PutObject", p.results("0"))
			open()
		}, "Fetch, Is unchanged, Validate (States.Timeout, done, done, done), Go live, Finish, Ended", "succeeded", ""},
		{"Validate one", "the check of the batch, and then of its second file, takes longer than its state may", func(p *play) {
			open := p.askShut()
			p.hold("validate", "s3:PutObject", p.results("0"))
			p.hold("validate", "s3:PutObject", p.results("0-2"))
			open()
		}, "Fetch, Is unchanged, Validate (States.Timeout, done, done, States.Timeout), Go live, Finish, Ended", "incomplete", "not-checked"},
	}
}

// limits are the time limits in seconds that the state machine gets for byTheClock.
func limits() map[string]int {
	return map[string]int{"Fetch": 6, "Validate batch": 8, "Validate one": 8, "Go live": 6}
}

// TestCatches provokes every Catch of the deployed state machine, and reads over
// the API how the sync ended.
func TestCatches(t *testing.T) {
	m := deployed(t)
	if os.Getenv("SLIPWAY_TARGET_GUARD") == "" {
		t.Skip("nobody stands between the functions and AWS here: make test puts a guard there")
	}
	target := there(t)
	t.Run("by itself", func(t *testing.T) {
		for _, c := range byItself() {
			t.Run(c.title(), func(t *testing.T) {
				t.Parallel()
				c.provoke(newPlay(t, m, target))
			})
		}
	})
	for _, c := range byDeath() {
		t.Run(c.title(), func(t *testing.T) { c.provoke(newPlay(t, m, target)) })
	}
	m.hurry(t, limits())
	for _, c := range byTheClock() {
		t.Run(c.title(), func(t *testing.T) {
			t.Parallel()
			c.provoke(newPlay(t, m, target))
		})
	}
}

func (c caught) title() string { return c.state + ": " + c.deed }

func (c caught) provoke(p *play) {
	p.Helper()
	c.play(p)
	s, e := p.end()
	p.Logf("%s; the sync is %s: %s", e.path, s.str("status"), s.str("problem.detail"))
	p.same("the execution", e.path, c.path)
	p.same("its end", e.status, types.ExecutionStatusSucceeded)
	p.same("the sync's end", s.str("status"), c.status)
	p.same("its reason", reasonOf(s), c.reason)
	if problem := s.get("problem"); problem != nil && (s.str("problem.detail") == "" || s.str("problem.hint") == "") {
		p.Errorf("the problem says too little: %v", problem)
	}
}

// reasonOf is the code of what a sync says of its end.
func reasonOf(s reply) string {
	if code := s.str("problem.code"); code != "" {
		return code
	}
	var codes []string
	for _, d := range s.list("diagnostics") {
		fields, _ := d.(map[string]any)
		code, _ := fields["code"].(string)
		codes = append(codes, code)
	}
	return strings.Join(codes, ", ")
}

// hurry gives states other time limits until the test ends.
func (m *machine) hurry(t *testing.T, limits map[string]int) {
	t.Helper()
	found, err := m.states.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: &m.arn})
	must(t, err)
	var definition map[string]any
	must(t, json.Unmarshal([]byte(aws.ToString(found.Definition)), &definition))
	changed := 0
	var visit func(name string, v any)
	visit = func(name string, v any) {
		fields, ok := v.(map[string]any)
		if !ok {
			return
		}
		if limit := limits[name]; limit > 0 && fields["Type"] == "Task" {
			fields["TimeoutSeconds"] = limit
			changed++
		}
		for name, f := range fields {
			visit(name, f)
		}
	}
	visit("", definition)
	if changed != len(limits) {
		t.Fatalf("%d states have other limits, not %d", changed, len(limits))
	}
	text, err := json.Marshal(definition)
	must(t, err)
	update := func(definition *string) {
		_, err := m.states.UpdateStateMachine(context.WithoutCancel(t.Context()), &sfn.UpdateStateMachineInput{StateMachineArn: &m.arn, Definition: definition})
		must(t, err)
	}
	t.Cleanup(func() { update(found.Definition) })
	update(aws.String(string(text)))
}
