package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// plane is work that a test watches.
type plane struct {
	mu      sync.Mutex
	waiting map[string]int // syncs that wait, by environment
	ran     []string
	running int
	most    int // side by side
	block   chan struct{}
	broken  string // environment whose sync panics
	down    bool
}

func (p *plane) Tick(context.Context) ([]control.Ticked, error) { return nil, nil }

func (p *plane) RunPlan(ctx context.Context, env, id string) (control.Plan, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	how := ""
	if ctx.Err() != nil {
		how = " interrupted"
	}
	p.ran = append(p.ran, env+"/"+id+how)
	return control.Plan{}, nil
}

func (p *plane) Ready(context.Context) error {
	if p.down {
		return errors.New("down")
	}
	return nil
}

func (p *plane) RunNext(ctx context.Context, env string) (bool, error) {
	p.mu.Lock()
	if p.waiting[env] == 0 {
		p.mu.Unlock()
		return false, nil
	}
	p.waiting[env]--
	p.running++
	p.most = max(p.most, p.running)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.running--
		p.ran = append(p.ran, env)
		p.mu.Unlock()
	}()
	if env == p.broken {
		panic("a sync broke")
	}
	if p.block != nil {
		select {
		case <-p.block:
		case <-ctx.Done():
			return true, ctx.Err()
		}
	}
	return true, nil
}

func newRunner(t *testing.T, syncs int, p *plane) *Runner {
	t.Helper()
	r := NewRunner(syncs, slog.New(slog.DiscardHandler))
	r.Drive(p)
	t.Cleanup(r.Interrupt)
	return r
}

func idle(t *testing.T, r *Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if n := r.Wait(ctx); n > 0 {
		t.Fatalf("%d pieces of work are under way", n)
	}
}

func TestRunnerRunsWhatIsAskedFor(t *testing.T) {
	p := &plane{waiting: map[string]int{"a": 3, "b": 1, "broken": 2}, broken: "broken"}
	r := newRunner(t, 2, p)
	for _, env := range []string{"a", "a", "broken", "b"} {
		r.Start(control.Work{Environment: env})
	}
	r.Start(control.Work{Environment: "a", Plan: "p"})
	idle(t, r)
	slices.Sort(p.ran)
	if got := strings.Join(p.ran, " "); !strings.HasPrefix(got, "a a a a/p b broken") {
		t.Errorf("ran %s", got)
	}
	r.Start(control.Work{Environment: "broken"})
	idle(t, r)
	if p.waiting["broken"] != 0 {
		t.Error("an environment whose sync broke is never looked at again")
	}
}

// TestRunnerLosesNoRequest: what is asked for while the last look is under way is
// looked at again.
func TestRunnerLosesNoRequest(t *testing.T) {
	for range 200 {
		p := &plane{waiting: map[string]int{"a": 1}}
		r := newRunner(t, 1, p)
		r.Start(control.Work{Environment: "a"})
		p.mu.Lock()
		p.waiting["a"]++
		p.mu.Unlock()
		r.Start(control.Work{Environment: "a"})
		idle(t, r)
		if len(p.ran) != 2 {
			t.Fatalf("ran %d of 2", len(p.ran))
		}
	}
}

func TestRunnerBoundsAndCloses(t *testing.T) {
	p := &plane{waiting: map[string]int{"a": 1, "b": 1, "c": 2}, block: make(chan struct{})}
	r := newRunner(t, 2, p)
	for _, env := range []string{"a", "b", "c"} {
		r.Start(control.Work{Environment: env})
	}
	for { // two run
		p.mu.Lock()
		n := p.running
		p.mu.Unlock()
		if n == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	r.Close()
	close(p.block)
	idle(t, r)
	r.Start(control.Work{Environment: "c"})
	idle(t, r)
	if p.most != 2 || len(p.ran) > 3 || p.waiting["c"] == 0 {
		t.Errorf("%d side by side, ran %v, c waits with %d", p.most, p.ran, p.waiting["c"])
	}
}

// TestRunnerEndsPlans: a plan that comes when nothing begins any more is told
// that it has ended, so that whoever asks for it does not wait.
func TestRunnerEndsPlans(t *testing.T) {
	p := &plane{}
	r := newRunner(t, 1, p)
	r.plans <- struct{}{} // another is made
	r.Start(control.Work{Environment: "a", Plan: "waits"})
	r.Close()
	<-r.plans
	r.Start(control.Work{Environment: "a", Plan: "late"})
	idle(t, r)
	slices.Sort(p.ran)
	if got := strings.Join(p.ran, ", "); got != "a/late interrupted, a/waits interrupted" {
		t.Errorf("ran %s", got)
	}
}

func TestRunnerInterrupts(t *testing.T) {
	p := &plane{waiting: map[string]int{"a": 1}, block: make(chan struct{})}
	r := newRunner(t, 1, p)
	r.Start(control.Work{Environment: "a"})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if r.Wait(ctx) != 1 {
		t.Fatal("nothing is under way")
	}
	r.Interrupt()
	idle(t, r)
}

func get(t *testing.T, h http.Handler, path string) (status int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestHealthAndEnd(t *testing.T) {
	p := &plane{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{
		Listener: l, API: http.NotFoundHandler(), Console: http.NotFoundHandler(), Metrics: http.NotFoundHandler(), Plane: p, Runner: newRunner(t, 1, p),
		Log: slog.New(slog.DiscardHandler), Tick: time.Hour, Drain: time.Second,
	})
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/v1/self": 404} {
		if got, _ := get(t, s.http.Handler, path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	p.down = true
	if got, _ := get(t, s.http.Handler, "/readyz"); got != 503 {
		t.Errorf("/readyz with a store that is down: %d", got)
	}
	p.down = false
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
	if got, _ := get(t, s.http.Handler, "/readyz"); got != 503 {
		t.Errorf("/readyz of a server that stops: %d", got)
	}
	if got, _ := get(t, s.http.Handler, "/healthz"); got != 200 {
		t.Errorf("/healthz of a server that stops: %d", got)
	}
}

func TestSender(t *testing.T) {
	d := Door{Address: "0.0.0.0:1", Proxies: []string{"10.0.0.0/8", "192.0.2.7"}, Names: []string{"slipway.example.com"}}
	if err := d.readProxies(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:5", "", "203.0.113.9"},
		{"203.0.113.9:5", "198.51.100.1", "203.0.113.9"}, // nobody believes a stranger
		{"10.1.2.3:5", "198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:5", "198.51.100.1, 203.0.113.5", "203.0.113.5"}, // the first is the sender's own word
		{"10.1.2.3:5", "198.51.100.1, 192.0.2.7", "198.51.100.1"},
		{"10.1.2.3:5", "nonsense", "10.1.2.3"},
		{"[::ffff:10.1.2.3]:5", "2001:db8::1", "2001:db8::1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := d.Sender(r); got != c.want {
			t.Errorf("%s for %q is from %s, want %s", c.peer, c.forwarded, got, c.want)
		}
		if d.Direct(r) {
			t.Errorf("%s is direct", c.peer)
		}
	}
	near := Door{Address: "127.0.0.1:8080"}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "127.0.0.1:99"
	for host, want := range map[string]bool{
		"127.0.0.1:8080": true, "LocalHost:8080": true, "[::1]:8080": true, "localhost": true, "evil.example:8080": false, "": false,
	} {
		if r.Host = host; near.Direct(r) != want {
			t.Errorf("a request for the host %q is direct: %v", host, !want)
		}
	}
	r.Host = "localhost"
	if !near.Direct(r) || !slices.Contains(near.Hosts(), "localhost") || slices.Contains(d.Hosts(), "localhost") {
		t.Errorf("direct %v, hosts %v and %v", near.Direct(r), near.Hosts(), d.Hosts())
	}
}

var documented = regexp.MustCompile("(?m)^\\| `(slipway_\\w+)` \\|(.*?)\\|")

// TestMetricsAreDocumented holds the table of docs/serve.md to what is served,
// both ways.
func TestMetricsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/serve.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, m := range documented.FindAllStringSubmatch(string(text), -1) {
		said[m[1]] = strings.Join(regexp.MustCompile(`\w+`).FindAllString(m[2], -1), " ")
	}
	m := NewMetrics()
	sync := slipway.Sync{Status: slipway.SyncSucceeded, Steps: []slipway.StepTime{{Step: "fetch", Took: time.Second}}}
	m.Happened(control.Event{Sync: &sync})
	m.Happened(control.Event{Row: &slipway.Row{Cause: slipway.CauseSync, Changes: []slipway.Change{{To: "x"}, {}}}})
	m.Stored("read head", time.Millisecond)
	m.Answered("", 404, time.Millisecond)
	waits := slipway.Sync{Status: slipway.SyncQueued, RequestedAt: time.Now().Add(-time.Minute)}
	h := m.Handler(views{{Environment: slipway.Environment{Slug: "prod"}, Live: 3, LastSync: &waits}}, time.Now, func(r *http.Request) error {
		if r.URL.RawQuery != "" {
			return errors.New("no")
		}
		return nil
	})
	if got, _ := get(t, h, "/metrics?refused"); got != 401 {
		t.Errorf("refused: %d", got)
	}
	_, body := get(t, h, "/metrics")
	for _, family := range regexp.MustCompile(`(?m)^# TYPE (slipway_\w+) `).FindAllStringSubmatch(body, -1) {
		labels, ok := said[family[1]]
		if !ok {
			t.Errorf("%s is not in the document", family[1])
		}
		for label := range strings.FieldsSeq(labels) {
			if !regexp.MustCompile(`(?m)^` + family[1] + `(_bucket)?\{[^}]*` + label + `="`).MatchString(body) {
				t.Errorf("%s has no label %s", family[1], label)
			}
		}
		delete(said, family[1])
	}
	for name := range said {
		t.Errorf("the document has %s, the server has not", name)
	}
	for _, line := range []string{
		`slipway_live_workflows{environment="prod"} 3`, `slipway_golives_total 1`, `slipway_releases_total{cause="sync"} 1`,
		`slipway_http_request_seconds_count{operation="none",status="404"} 1`, `slipway_sync_queue_age_seconds{environment="prod"} 6`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("there is no %s in\n%s", line, body)
		}
	}
}

type views []control.EnvironmentView

func (v views) Environments(context.Context) ([]control.EnvironmentView, error) { return v, nil }
