package statemachine_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
)

// The variables by which this test, as a function, finds its part.
const (
	varTask   = "SLIPWAY_TEST_TASK"
	varScript = "SLIPWAY_TEST_SCRIPT" // URL
)

// TestMain lets this test stand for the functions of the state machine.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" || os.Getenv(varScript) == "" {
		os.Exit(m.Run())
	}
	lambda.Start(func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
		answer, err := ask(ctx, os.Getenv(varScript)+"/"+os.Getenv(varTask), input)
		switch {
		case err != nil:
			return nil, err
		case string(answer) == crash:
			os.Exit(3)
		case json.Valid(answer):
			return answer, nil
		}
		return nil, messages.InvokeResponse_Error{Type: string(answer), Message: string(answer)}
	})
}

// ask asks the test for an answer. It may let the function wait.
func ask(ctx context.Context, url string, input json.RawMessage) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(input))
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the script answers %s: %s", resp.Status, answer)
	}
	return answer, err
}

// scripts are those of all executions, by their syncs, as the functions ask for
// them.
type scripts struct {
	url   string
	ended chan struct{} // lets those go that hang

	mu sync.Mutex
	of map[string]*script
}

func serveScripts(t *testing.T) *scripts {
	s := &scripts{ended: make(chan struct{}), of: map[string]*script{}}
	server := httptest.NewServer(s)
	s.url = server.URL
	t.Cleanup(func() {
		close(s.ended)
		server.Close()
	})
	return s
}

func (s *scripts) add(one *script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of[one.sync] = one
}

// ServeHTTP answers a function.
func (s *scripts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	input, err := io.ReadAll(r.Body)
	var in struct{ Sync string }
	if err == nil {
		err = json.Unmarshal(input, &in)
	}
	s.mu.Lock()
	one := s.of[in.Sync]
	s.mu.Unlock()
	if err != nil || one == nil {
		http.Error(w, fmt.Sprintf("there is no script for %s (%v)", input, err), http.StatusBadRequest)
		return
	}
	answer, err := one.next(r.URL.Path[1:], input)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if answer == timeout && one.hangs {
		<-s.ended
	}
	_, _ = io.WriteString(w, answer)
}

// pack is a function's code: this test.
func pack(t *testing.T) []byte {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(code); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
