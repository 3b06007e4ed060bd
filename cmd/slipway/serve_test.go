package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestServeSettingsAreDocumented holds the table of docs/serve.md to the code.
func TestServeSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/serve.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "<!-- settings:")
	table, _, _ := strings.Cut(rest, "\n\n")
	flags := (&serveCmd{}).flags()
	for _, s := range serveSettings() {
		value := " "
		if s.value != "" {
			value = " `" + s.value + "` "
		}
		line := "| `--" + s.flag + "` | `" + s.variable() + "` | `" + s.key() + "` |" + value + "| " + s.help + " |\n"
		if !strings.Contains(table+"\n", line) {
			t.Errorf("the table has no line\n%s", line)
		}
		if _, ok := flags[s.flag]; !ok {
			t.Errorf("there is no flag --%s", s.flag)
		}
		delete(flags, s.flag)
	}
	for flag := range flags {
		t.Errorf("the flag --%s is no setting", flag)
	}
}

// TestServeTakesSettingsInOrder: a flag before the environment, that before the
// file, that before the default.
func TestServeTakesSettingsInOrder(t *testing.T) {
	t.Parallel()
	file := map[string]any{"listen": "file:1", "tick": "3s", "syncs": 4.0, "host": []any{"a", "b"}, "allowLocalRepositories": true}
	env := map[string]string{"SLIPWAY_LISTEN": "env:1", "SLIPWAY_TICK": "2s"}
	got, err := settleServe(map[string]string{"listen": "flag:1"}, func(name string) string { return env[name] }, file)
	if err != nil {
		t.Fatal(err)
	}
	for flag, want := range map[string]settled{
		"listen": {"flag:1", "--listen"}, "tick": {"2s", "SLIPWAY_TICK"}, "syncs": {"4", "serve.syncs of config.json"},
		"host": {"a,b", "serve.host of config.json"}, "allow-local-repositories": {"yes", "serve.allowLocalRepositories of config.json"},
		"drain": {"30s", "--drain"},
	} {
		if got[flag] != want {
			t.Errorf("%s is %v, want %v", flag, got[flag], want)
		}
	}
}

// TestServeRefuses what it cannot serve with, before it listens.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for want, c := range map[string]struct {
		args []string
		file string
	}{
		"insecure-listen":   {[]string{"--listen", "0.0.0.0:0"}, ""},
		"no-host":           {[]string{"--listen", "0.0.0.0:0", "--trusted-proxy", "10.0.0.1"}, ""},
		"bad-listen":        {[]string{"--listen", "8080"}, ""},
		"bad-proxy":         {[]string{"--listen", "0.0.0.0:0", "--trusted-proxy", "proxy", "--trusted-proxy", "10.0.0.1"}, ""},
		"bad-certificate":   {[]string{"--listen", "127.0.0.1:0", "--tls-cert", "none.pem", "--tls-key", "none.pem"}, ""},
		"listen":            {[]string{"--listen", taken.Addr().String()}, ""},
		"bad-setting":       {[]string{"--tick", "soon"}, ""},
		"bad-configuration": {nil, `{"serve": {"lisen": "127.0.0.1:0"}}`},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(data, "config.json"), []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			out, err := exec.Command("slipway", append([]string{"--json", "--data", data, "serve"}, c.args...)...).Output()
			var r refusal
			if jerr := json.Unmarshal(out, &r); err == nil || jerr != nil || r.Code != want || r.Hint == "" {
				t.Errorf("%v %v: %s", err, jerr, out)
			}
		})
	}
}

// running is a server as a process.
type running struct {
	*exec.Cmd
	url string
	log *bytes.Buffer
}

func startServer(t *testing.T, data string, args ...string) *running {
	t.Helper()
	r := &running{log: &bytes.Buffer{}}
	r.Cmd = exec.Command("slipway", append([]string{"--data", data, "serve", "--listen", "127.0.0.1:0", "--allow-local-repositories", "yes", "--tick", "1s"}, args...)...)
	out, err := r.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Stderr = r.log
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "serving on ")
	if err != nil || !ok {
		t.Fatalf("the server says %q, %v: %s", line, err, r.log)
	}
	r.url = url
	return r
}

// serveAsk sends a request and reads the answer whole.
func serveAsk(ctx context.Context, client *http.Client, token, method, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// TestServeDrains sends SIGTERM in the middle of a sync, under load: no request
// is cut off, the sync ends, what waits stays and runs after the next start.
func TestServeDrains(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	var made control.TokenView
	slipwayIn(t, w.data, &made, "token", "create", "ana", "--role", "admin")
	s := startServer(t, w.data, "--drain", "60s")
	var cut atomic.Int64
	var answered atomic.Int64
	stop := make(chan struct{})
	var load sync.WaitGroup
	for range 4 {
		client := &http.Client{Transport: &http.Transport{}} // with a connection of its own
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				status, data, err := serveAsk(t.Context(), client, *made.Secret, http.MethodGet, s.url+"/v1/environments/prod/workflows")
				switch {
				case err == nil && status == http.StatusOK && json.Valid(data):
					answered.Add(1)
				case err != nil && strings.Contains(err.Error(), "connection refused"):
					return // it does not listen any more: nothing was sent
				default:
					t.Errorf("a request was cut off: %v %d %s", err, status, data)
					cut.Add(1)
					return
				}
			}
		})
	}
	ids := []string{}
	for range 2 {
		status, data, err := serveAsk(t.Context(), http.DefaultClient, *made.Secret, http.MethodPost, s.url+"/v1/environments/prod/syncs")
		var asked slipway.Sync
		if err != nil || status != http.StatusAccepted || json.Unmarshal(data, &asked) != nil {
			t.Fatalf("%v %s", err, data)
		}
		ids = append(ids, asked.ID)
		// Asked over HTTP, which is quick: the first must not have ended before the
		// signal comes.
		for first := asked; len(ids) == 1 && first.Status == slipway.SyncQueued; {
			_, data, err := serveAsk(t.Context(), http.DefaultClient, *made.Secret, http.MethodGet, s.url+"/v1/environments/prod/syncs/"+asked.ID)
			if err != nil || json.Unmarshal(data, &first) != nil {
				t.Fatalf("%v %s", err, data)
			}
		}
	}
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Errorf("the server ended with %v: %s", err, s.log)
	}
	close(stop)
	load.Wait()
	if answered.Load() == 0 || cut.Load() > 0 {
		t.Errorf("%d requests answered, %d cut off", answered.Load(), cut.Load())
	}
	var first, second control.SyncDetail
	slipwayIn(t, w.data, &first, "show", "prod", ids[0])
	slipwayIn(t, w.data, &second, "show", "prod", ids[1])
	if first.Status != slipway.SyncSucceeded || second.Status != slipway.SyncQueued {
		t.Errorf("after SIGTERM the syncs are %s and %s, want succeeded and queued: %s", first.Status, second.Status, s.log)
	}
	again := startServer(t, w.data)
	for end := time.Now().Add(time.Minute); second.Status == slipway.SyncQueued || second.Status == slipway.SyncRunning; {
		if time.Now().After(end) {
			t.Fatalf("what waited is %s: %s", second.Status, again.log)
		}
		time.Sleep(50 * time.Millisecond)
		slipwayIn(t, w.data, &second, "show", "prod", ids[1])
	}
	if second.Status != slipway.SyncSucceeded {
		t.Errorf("what waited ended %s: %+v", second.Status, second.Problem)
	}
}

// waitRunning waits until a sync runs, or has ended.
func waitRunning(t *testing.T, data, id string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		var s control.SyncDetail
		slipwayIn(t, data, &s, "show", "prod", id)
		if s.Status != slipway.SyncQueued {
			return
		}
	}
	t.Fatalf("sync %s does not start", id)
}

// TestServeInterrupts ends a sync that has no time left to drain, with a reason.
func TestServeInterrupts(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	var made control.TokenView
	slipwayIn(t, w.data, &made, "token", "create", "ana", "--role", "deployer", "--env", "prod")
	s := startServer(t, w.data, "--drain", "0s")
	_, data, err := serveAsk(t.Context(), http.DefaultClient, *made.Secret, http.MethodPost, s.url+"/v1/environments/prod/syncs")
	var asked slipway.Sync
	if err != nil || json.Unmarshal(data, &asked) != nil {
		t.Fatalf("%v %s", err, data)
	}
	waitRunning(t, w.data, asked.ID)
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Errorf("the server ended with %v: %s", err, s.log)
	}
	var ended control.SyncDetail
	slipwayIn(t, w.data, &ended, "show", "prod", asked.ID)
	if !ended.Status.Ended() || ended.Status == slipway.SyncCancelled && ended.Problem.Code != control.CodeInterrupted {
		t.Errorf("the sync is %s: %+v", ended.Status, ended.Problem)
	}
}
