package lambdaevent_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// asFunction makes this test's program the function that it tests.
const asFunction = "SLIPWAY_TEST_FUNCTION"

func TestMain(m *testing.M) {
	if os.Getenv(asFunction) != "" {
		lambda.Start(sample())
	}
	os.Exit(m.Run())
}

// kinds are all there are.
func kinds() []fault.Kind {
	return []fault.Kind{
		fault.Invalid, fault.NotFound, fault.Conflict, fault.Superseded, fault.Held, fault.LeaseLost, fault.Unavailable, fault.Internal,
	}
}

// sample is a function whose task fails as its input says.
func sample() lambdaevent.Function {
	type input struct{ Kind, Panic string }
	fail := func(kind string) error {
		if kind == "" {
			return nil
		}
		return fmt.Errorf("outermost: %w", fault.New(fault.Kind(kind), "some-code", "a detail"))
	}
	return lambdaevent.Function{
		Log: slog.New(slog.DiscardHandler),
		Task: func(_ context.Context, data json.RawMessage) (json.RawMessage, error) {
			var in input
			if err := json.Unmarshal(data, &in); err != nil {
				return nil, err
			}
			if in.Panic != "" {
				panic(in.Panic)
			}
			if in.Kind == "none" {
				return nil, errors.New("no fault")
			}
			return json.RawMessage(`{"done":true}`), fail(in.Kind)
		},
		Tick: func(context.Context) error { return nil },
		Plan: func(_ context.Context, p lambdaevent.Plan) error { return fail(p.ID) },
	}
}

// ended is how one invocation ended.
type ended struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
	answer  string
	header  string
	exited  bool
}

// run starts the function under a Runtime API of our own, and gives it one event.
func run(t *testing.T, payload string) ended {
	t.Helper()
	done := make(chan ended, 1)
	given := make(chan struct{}, 1)
	mux := http.NewServeMux()
	stop, cancel := context.WithCancel(t.Context())
	defer cancel()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case given <- struct{}{}:
		default: // there is no second event
			select {
			case <-r.Context().Done():
			case <-stop.Done():
			}
			return
		}
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "request-1")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:sample")
		_, _ = io.WriteString(w, payload)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/request-1/{how}", func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		e := ended{answer: string(data), header: r.Header.Get("Lambda-Runtime-Function-Error-Type")}
		if r.PathValue("how") == "error" {
			_ = json.Unmarshal(data, &e)
		}
		w.WriteHeader(http.StatusAccepted)
		done <- e
	})
	api := httptest.NewServer(mux)
	defer api.Close()
	defer cancel() // before the server waits for what is asked for
	c := exec.CommandContext(stop, os.Args[0])
	c.Env = append(os.Environ(), asFunction+"=1", "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(api.URL, "http://"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = c.Wait(); close(exited) }()
	e := <-done
	if e.Type == "Runtime.ExitError" {
		<-exited
		e.exited = true
	}
	cancel()
	<-exited
	return e
}

// TestErrorTypes reads the names of errors as Lambda does, from the runtime.
func TestErrorTypes(t *testing.T) {
	want := map[fault.Kind]string{
		fault.Invalid: "Invalid", fault.NotFound: "NotFound", fault.Conflict: "Conflict", fault.Superseded: "Superseded", fault.Held: "Held",
		fault.LeaseLost: "LeaseLost", fault.Unavailable: "Unavailable", fault.Internal: "Internal",
	}
	for _, kind := range kinds() {
		t.Run(want[kind], func(t *testing.T) {
			t.Parallel()
			if e := run(t, `{"sync":"sync_1","kind":"`+string(kind)+`"}`); e.Type != want[kind] || e.Message != "outermost: a detail" {
				t.Errorf("a task's error is %+v, want %s", e, want[kind])
			}
			if e := run(t, `{"plan":{"environment":"env_1","id":"`+string(kind)+`"}}`); e.Type != want[kind] || e.Message != "a detail" {
				t.Errorf("a plan's error is %+v, want %s", e, want[kind])
			}
		})
	}
}

func TestEndings(t *testing.T) {
	for payload, want := range map[string]ended{
		`{"sync":"sync_1"}`:                    {answer: `{"done":true}`},
		`{"tick":true}`:                        {answer: `{}`},
		`{"plan":{"environment":"e","id":""}}`: {answer: `{}`},
		`{"sync":"sync_1","kind":"none"}`:      {Type: "Internal", Message: "no fault"},
		`{"sync":"sync_1","panic":"secret"}`:   {Type: "Runtime.ExitError", Message: "the function crashed", exited: true},
		`{}`:                                   {Type: "Invalid", Message: "this function is not invoked with this event"},
		`[]`:                                   {Type: "Invalid", Message: "this function is not invoked with an event that is no JSON object"},
		`{"requestContext":{"http":{}},"tick":true}`: {Type: "Invalid", Message: "this function is not invoked with an HTTP request"},
	} {
		t.Run(payload, func(t *testing.T) {
			t.Parallel()
			got := run(t, payload)
			got.header = ""
			if got.Type != "" {
				got.answer = ""
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}
