package functiontest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
)

// World is what a function is wired from in a test, and what the test looks at.
type World struct {
	T           testing.TB
	Cloud       *Cloud
	Parts       functionwire.Parts
	Plane       *control.Plane // a whole one on the same store; it starts nothing by itself
	Repo        *gittest.Repo
	Environment string // id of "prod"
	Token       string // an administrator's
	Log         *bytes.Buffer
	Later       time.Duration // what the clock is ahead
}

// New has an environment "prod" on a repository with the workflow greet.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{T: t, Cloud: newCloud(t), Repo: gittest.NewRepo(t), Log: &bytes.Buffer{}}
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "slipway.db"))
	w.Must(err)
	t.Cleanup(func() { _ = store.Close() })
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	w.Must(err)
	t.Cleanup(func() { _ = blobs.Close() })
	cfg, err := awswire.Load(t.Context())
	w.Must(err)
	now := func() time.Time { return time.Now().Add(w.Later) }
	w.Parts = functionwire.Parts{
		Settings: functionwire.Settings{
			StateMachine: "arn:aws:states:eu-west-1:123456789012:stateMachine:sync", FetchFunction: "fetch", ValidateFunction: "validate", AllowLocal: true,
		},
		Log: slog.New(slog.NewJSONHandler(w.Log, nil)), Now: now, AWS: cfg, Store: store, Reads: blobs, Blobs: blobs,
	}
	w.Plane = control.New(control.Options{
		Store: store, Blobs: blobs, Now: now, Remote: gitremote.New(gitremote.Options{}), Checker: check.New(bundle.New(), sandbox.New(), check.DefaultLimits()),
		Start: func(control.Work) {},
	})
	w.Commit("First", "greet", "user:post_authentication")
	ada := slipway.LocalActor("ada")
	env, err := w.Plane.AddEnvironment(t.Context(), control.NewEnvironment{Slug: "prod", Repository: slipway.Repository{URL: w.Repo.Dir}, Actor: ada})
	w.Must(err)
	w.Environment = env.ID
	token, err := w.Plane.CreateToken(t.Context(), control.NewToken{Name: "ada", Role: slipway.Admin, Actor: ada})
	w.Must(err)
	w.Token = *token.Secret
	return w
}

// Must fails the test for an error.
func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Commit writes a workflow file for each id and trigger.
func (w *World) Commit(message string, pairs ...string) {
	files := map[string]string{"kinde.json": "{}"}
	for i := 0; i < len(pairs); i += 2 {
		files["kindeSrc/environment/workflows/"+pairs[i]+"Workflow.ts"] = "export const workflowSettings = { id: '" + pairs[i] +
			"', trigger: '" + pairs[i+1] + "' };\nexport default async function f() { console.log('" + message + "'); }\n"
	}
	w.Repo.Commit(files, gittest.Options{Message: message})
}

// Ask asks for a sync, which waits.
func (w *World) Ask() slipway.Sync {
	w.T.Helper()
	s, err := w.Plane.RequestSync(w.T.Context(), "prod", control.SyncOptions{Actor: slipway.LocalActor("ada")})
	w.Must(err)
	return s
}

// Running asks for a sync and makes it run.
func (w *World) Running() control.SyncRef {
	w.T.Helper()
	w.Ask()
	ref, ok, err := w.Plane.StartWaiting(w.T.Context(), w.Environment)
	w.Must(err)
	if !ok {
		w.T.Fatal("the sync could not be started")
	}
	return ref
}

// Sync reads one.
func (w *World) Sync(id string) slipway.Sync {
	w.T.Helper()
	s, err := w.Parts.Store.Sync(w.T.Context(), w.Environment, id)
	w.Must(err)
	return s
}

// Event is the sample beside the function, about the world's environment and
// this sync.
func (w *World) Event(sync string) string {
	w.T.Helper()
	data, err := os.ReadFile("event.json")
	w.Must(err)
	return strings.NewReplacer("ENVIRONMENT", w.Environment, "SYNC", sync, "TOKEN", w.Token).Replace(string(data))
}

// Request is the event of an HTTP request with the administrator's token.
func (w *World) Request(method, path, body string) string {
	w.T.Helper()
	data, err := json.Marshal(map[string]any{
		"version": "2.0", "rawPath": path, "body": body,
		"headers": map[string]string{"host": "slipway.example.com", "content-type": "application/json", "authorization": "Bearer " + w.Token},
		"requestContext": map[string]any{
			"stage": "$default", "domainName": "slipway.example.com", "http": map[string]string{"method": method, "path": path, "sourceIp": "203.0.113.9"},
		},
	})
	w.Must(err)
	return string(data)
}

// Visit is the event of a browser's request: a form goes encoded, as API Gateway
// gives it, and cookies apart.
func (w *World) Visit(method, path string, form url.Values, cookies ...string) string {
	w.T.Helper()
	data, err := json.Marshal(map[string]any{
		"version": "2.0", "rawPath": path, "cookies": cookies, "body": base64.StdEncoding.EncodeToString([]byte(form.Encode())), "isBase64Encoded": true,
		"headers": map[string]string{"host": "slipway.example.com", "content-type": "application/x-www-form-urlencoded", "origin": "https://slipway.example.com"},
		"requestContext": map[string]any{
			"stage": "$default", "domainName": "slipway.example.com", "http": map[string]string{"method": method, "path": path, "sourceIp": "203.0.113.9"},
		},
	})
	w.Must(err)
	return string(data)
}

// PlanEvent is the event of a plan that is asked for, and the plan.
func (w *World) PlanEvent() (string, control.Plan) {
	w.T.Helper()
	plan, err := w.Plane.RequestPlan(w.T.Context(), "prod", "", slipway.LocalActor("ada"))
	w.Must(err)
	data, err := json.Marshal(lambdaevent.PlanEvent{Plan: lambdaevent.Plan{Environment: w.Environment, ID: plan.ID}})
	w.Must(err)
	return string(data), plan
}

// ReadsBlobsOnly takes the writing of blobs from the functions that are wired
// after it, as from those that declare functionwire.BlobsToRead.
func (w *World) ReadsBlobsOnly() { w.Parts.Blobs = nil }

// Function wires one on the world's parts.
func (w *World) Function(wire functionwire.Wire) lambdaevent.Function {
	w.T.Helper()
	f, err := wire(w.T.Context(), w.Parts)
	w.Must(err)
	f.Log = w.Parts.Log
	return f
}

// Invoke gives a function an event and reads the answer into one, if it is not
// nil. It gives the name of the error, "" for none.
func (w *World) Invoke(f lambdaevent.Function, event string, into any) (name string) {
	w.T.Helper()
	data, err := f.Invoke(w.T.Context(), []byte(event))
	if err != nil {
		e, ok := err.(messages.InvokeResponse_Error) //nolint:errorlint // the runtime looks at the outermost, too
		if !ok {
			w.T.Fatalf("an error without a name: %v", err)
		}
		return e.Type
	}
	if into != nil {
		if err := json.Unmarshal(data, into); err != nil {
			w.T.Fatalf("%v in %s", err, data)
		}
	}
	return ""
}

// Reply is an answer to an HTTP request.
type Reply struct {
	Status  int               `json:"statusCode"`
	Headers map[string]string `json:"headers"`
	Cookies []string          `json:"cookies"`
	Body    string            `json:"body"`
}

// Call gives a function an HTTP request.
func (w *World) Call(f lambdaevent.Function, event string) Reply {
	w.T.Helper()
	var r Reply
	if name := w.Invoke(f, event, &r); name != "" {
		w.T.Fatalf("the request failed with %s\n%s", name, w.Log)
	}
	return r
}
