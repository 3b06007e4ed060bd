package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/slipway-dev/slipway/internal/gittest"
)

// play is one sync on the deployed stack to which something is done: by its
// repository, by a person, or by the guard that stands between the functions and
// AWS.
type play struct {
	*team
	machine *machine
	git     *gittest.Server
	gate    *gate
	id      string
}

// newPlay has an environment on a repository with two workflows.
func newPlay(t *testing.T, m *machine, target Target) *play {
	t.Helper()
	p := &play{machine: m, gate: &gate{}}
	target.GitURL = func(t testing.TB, repo *gittest.Repo) string {
		p.git = gittest.Serve(t, repo, gittest.WithWrap(p.gate.wrap))
		return p.git.URL
	}
	p.team = newTeam(t, target)
	p.push("Two", "claims", tokens, "claimed", "greet", signedIn, "hello")
	p.connect(`"pollSeconds":0`)
	return p
}

// ask asks for the sync.
func (p *play) ask() {
	p.Helper()
	p.id = p.want(202, "POST", p.base+"/syncs", "").str("id")
}

// askShut asks for the sync with the repository silent until the gate is opened,
// so that trouble can be made for it before it begins.
func (p *play) askShut() (open func()) {
	p.Helper()
	open = p.gate.shut()
	p.Cleanup(open)
	p.ask()
	return open
}

func (p *play) cancel() {
	p.Helper()
	p.want(200, "POST", p.base+"/syncs/"+p.id+"/cancel", "")
}

// end waits for the end of the sync and of its execution.
func (p *play) end() (sync reply, e execution) {
	p.Helper()
	e = p.machine.ended(p.team, p.id)
	return p.want(200, "GET", p.base+"/syncs/"+p.id, ""), e
}

// kill ends every process of a function, whatever it does: the emulator does so
// where a function's configuration is written, with or without a change. seconds
// is the function's time limit from then on, 0 for as before.
func (p *play) kill(function string, seconds int32) {
	p.Helper()
	name := aws.String(p.machine.function(function))
	ctx := context.WithoutCancel(p.Context()) // it may be what the test does last
	now, err := p.machine.functions.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: name})
	must(p.T, err)
	limit := now.Timeout
	if seconds > 0 {
		limit = &seconds
	}
	_, err = p.machine.functions.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: name, Timeout: limit})
	must(p.T, err)
}

// hold makes calls of a function wait. met waits until one does, go lets it go on.
func (p *play) hold(function, action, about string) (met, over func()) {
	p.Helper()
	return p.trouble(function, action, about, false)
}

// refuse refuses calls of a function.
func (p *play) refuse(function, action, about string) { p.trouble(function, action, about, true) }

func (p *play) trouble(function, action, about string, refuse bool) (met, over func()) {
	p.Helper()
	body, err := json.Marshal(map[string]any{"function": p.machine.function(function), "action": action, "about": about, "refuse": refuse})
	must(p.T, err)
	id := p.guard(http.MethodPost, "0", string(body))["id"]
	var once sync.Once
	over = func() { once.Do(func() { p.guard(http.MethodDelete, fmt.Sprint(id), "") }) }
	p.Cleanup(over)
	return func() {
		p.Helper()
		p.until(func() (execution, bool) { return execution{}, p.guard(http.MethodGet, fmt.Sprint(id), "")["met"] > 0 })
	}, over
}

// guard asks the guard; its path for troubles is that of infra/emulators.
func (p *play) guard(method, id, body string) (answer map[string]int) {
	p.Helper()
	req, err := http.NewRequest(method, os.Getenv("SLIPWAY_TARGET_GUARD")+"/_guard/troubles/"+id, strings.NewReader(body)) // also when the test's context has ended
	must(p.T, err)
	resp, err := http.DefaultClient.Do(req)
	must(p.T, err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		p.Fatalf("the guard answers %s", resp.Status)
	}
	must(p.T, json.NewDecoder(resp.Body).Decode(&answer))
	return answer
}

// gate stands before a repository.
type gate struct {
	mu      sync.Mutex
	met     chan struct{} // closed by the first request that waits
	opened  chan struct{}
	instead http.Handler // nil: the repository
}

func (g *gate) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		opened, instead := g.opened, g.instead
		if g.met != nil {
			close(g.met)
			g.met = nil
		}
		g.mu.Unlock()
		if opened != nil {
			select {
			case <-opened:
			case <-r.Context().Done():
				return
			}
		}
		if instead != nil {
			next = instead
		}
		next.ServeHTTP(w, r)
	})
}

// shut lets requests wait until open.
func (g *gate) shut() (open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.met, g.opened = make(chan struct{}), make(chan struct{})
	opened := g.opened
	return sync.OnceFunc(func() { close(opened) })
}

// waits waits until a request does.
func (g *gate) waits(t *testing.T) {
	t.Helper()
	g.mu.Lock()
	met := g.met
	g.mu.Unlock()
	if met == nil {
		return
	}
	select {
	case <-met:
	case <-time.After(patience):
		t.Fatal("nobody asks the repository")
	}
}

// answer answers with a status from now on.
func (g *gate) answer(status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.instead = gittest.Status(status)(nil)
}

// TestGate wants requests to wait while the gate is shut.
func TestGate(t *testing.T) {
	g := &gate{}
	server := httptest.NewServer(g.wrap(gittest.Status(http.StatusNoContent)(nil)))
	defer server.Close()
	open := g.shut()
	got := make(chan int)
	go func() {
		resp, err := http.Get(server.URL)
		if err != nil {
			got <- 0
			return
		}
		_ = resp.Body.Close()
		got <- resp.StatusCode
	}()
	g.waits(t)
	select {
	case status := <-got:
		t.Errorf("answered %d through a gate that is shut", status)
	default:
	}
	open()
	if status := <-got; status != http.StatusNoContent {
		t.Errorf("answered %d", status)
	}
}
