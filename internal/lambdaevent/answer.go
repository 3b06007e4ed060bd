package lambdaevent

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// answer is a handler's, kept until it is whole.
type answer struct {
	header http.Header
	sent   http.Header // as they were when the status was written
	status int
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*answer)(nil)

func newAnswer() *answer { return &answer{header: http.Header{}} }

// Header is what WriteHeader will send.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status; the first one stands. Informational ones are not
// passed on.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status, a.sent = status, a.header.Clone()
	}
}

// Write adds to the body.
func (a *answer) Write(data []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(data)
}

// encode is the answer as payload 2.0 has it. Several values of a header become
// one, cookies stay apart, and a body that is no text goes as base64; so does a text
// that would have no room with its quotes and angle brackets escaped.
func (a *answer) encode(method string) ([]byte, error) {
	a.WriteHeader(http.StatusOK)
	out := events.APIGatewayV2HTTPResponse{StatusCode: a.status, Headers: map[string]string{}, Cookies: a.sent.Values("Set-Cookie")}
	for name, values := range a.sent {
		if name != "Set-Cookie" && name != "Content-Length" {
			out.Headers[name] = strings.Join(values, ", ")
		}
	}
	body := a.body.Bytes()
	if a.status == http.StatusNotModified || a.status == http.StatusNoContent || method == http.MethodHead {
		body = nil
	}
	if len(body) > 0 && a.sent.Get("Content-Type") == "" {
		out.Headers["Content-Type"] = http.DetectContentType(body)
	}
	out.Body = string(body)
	if !utf8.Valid(body) || a.sent.Get("Content-Encoding") != "" {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	data, err := json.Marshal(out)
	if err == nil && len(data) > maxAnswer && !out.IsBase64Encoded {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
		data, err = json.Marshal(out)
	}
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return data, nil
}
