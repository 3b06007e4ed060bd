package functiontest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Cloud answers the AWS SDK in place of Step Functions, Lambda and Secrets
// Manager. It records what it is asked for, and can refuse.
type Cloud struct {
	t       testing.TB
	mu      sync.Mutex
	refuse  string
	secrets map[string]string
	started []Call
	invoked []Call
}

// Call is an execution by its name, or an invocation by its function's.
type Call struct {
	Name  string
	Input string
}

// newCloud starts one, and names it to the SDK in the environment.
func newCloud(t testing.TB) *Cloud {
	c := &Cloud{t: t, secrets: map[string]string{}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	name(t, server.URL, "eu-west-1")
	return c
}

// Refuse makes it answer everything with an error of this code, "" for no more.
func (c *Cloud) Refuse(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = code
}

// Secret keeps a secret.
func (c *Cloud) Secret(arn, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets[arn] = text
}

// Started gives the executions that were started since the last call.
func (c *Cloud) Started() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.started
	c.started = nil
	return calls
}

// Invoked gives the invocations since the last call.
func (c *Cloud) Invoked() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.invoked
	c.invoked = nil
	return calls
}

// ServeHTTP implements http.Handler.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Errorf("cloud: %v", err)
	}
	var in struct {
		Name     string `json:"name"`
		Input    string `json:"input"`
		SecretID string
	}
	function, invokes := strings.CutPrefix(r.URL.Path, "/2015-03-31/functions/")
	target := r.Header.Get("X-Amz-Target")
	if !invokes {
		_ = json.Unmarshal(data, &in) // what is not there fails the test by its absence
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch {
	case c.refuse != "":
		w.Header().Set("X-Amzn-Errortype", c.refuse)
		w.WriteHeader(http.StatusBadRequest)
		c.write(w, map[string]any{"__type": c.refuse, "message": "refused"})
	case invokes && r.Header.Get("X-Amz-Invocation-Type") == "Event":
		c.invoked = append(c.invoked, Call{strings.TrimSuffix(function, "/invocations"), string(data)})
		w.WriteHeader(http.StatusAccepted)
	case target == "AWSStepFunctions.StartExecution":
		c.started = append(c.started, Call{in.Name, in.Input})
		c.write(w, map[string]any{"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:sync:" + in.Name, "startDate": 1773119783})
	case target == "secretsmanager.GetSecretValue" && c.secrets[in.SecretID] != "":
		c.write(w, map[string]any{"ARN": in.SecretID, "SecretString": c.secrets[in.SecretID]})
	default:
		c.t.Errorf("cloud: nobody should ask for %s %s %s", r.Method, r.URL.Path, target)
		w.WriteHeader(http.StatusNotImplemented)
	}
}

func (c *Cloud) write(w io.Writer, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		c.t.Errorf("cloud: %v", err)
	}
}
