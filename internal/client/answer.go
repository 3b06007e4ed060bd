package client

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// problem is an answer of application/problem+json.
type problem struct {
	Title     string      `json:"title"`
	Detail    string      `json:"detail"`
	Code      string      `json:"code"`
	Hint      string      `json:"hint"`
	Fixes     []fault.Fix `json:"fixes"`
	Errors    []misplaced `json:"errors"`
	RequestID string      `json:"requestId"`
}

// misplaced is a place in the request that is wrong.
type misplaced struct {
	Message  string `json:"message"`
	Location string `json:"location"`
}

// read decodes an answer: what was asked for, or the fault that it is.
func (c *Client) read(res *http.Response, data []byte, into any) error {
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	isJSON := media == "application/json" || strings.HasSuffix(media, "+json")
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return fault.New(fault.Invalid, "server-moved", "%s sends elsewhere, and a token follows nobody", c.base.Host).
			WithHint("it says %s; if you trust that, make it the server's address", res.Header.Get("Location"))
	case res.StatusCode < 300 && isJSON:
		if err := json.Unmarshal(data, into); err != nil {
			return fault.Wrap(err, fault.Internal, "bad-answer", "%s answers with something that this slipway cannot read", c.base.Host).
				WithHint("their versions may differ; compare them with slipway version")
		}
		return nil
	}
	var p problem
	if !isJSON || json.Unmarshal(data, &p) != nil || p.Code == "" {
		return c.foreign(res)
	}
	f := p.fault(res)
	switch {
	case passingStatus(res.StatusCode):
		return passing{error: f, after: retryAfter(res.Header)}
	case p.Code == "idempotency-in-progress":
		return passing{error: f, under: true, after: retryAfter(res.Header)}
	}
	return f
}

// passingStatus reports whether the same request may be answered soon.
func passingStatus(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// foreign is the fault of an answer that no Slipway server gives.
func (c *Client) foreign(res *http.Response) error {
	if passingStatus(res.StatusCode) {
		f := fault.New(fault.Unavailable, "server-unavailable", "%s answers %d %s", c.base.Host, res.StatusCode, http.StatusText(res.StatusCode)).
			WithHint("what stands before the server does not reach it; try again")
		return passing{error: f, after: retryAfter(res.Header)}
	}
	return fault.New(fault.Invalid, "not-slipway", "%s does not answer as a Slipway server does (status %d)", c.base.Host, res.StatusCode).
		WithHint("look whether the address, its port and its path are right")
}

// fault is the fault that a problem tells of.
func (p problem) fault(res *http.Response) *fault.Fault {
	f := &fault.Fault{Kind: kindOf(res.StatusCode), Code: p.Code, Detail: p.Detail, Hint: p.Hint, Fixes: p.Fixes}
	if f.Detail == "" {
		f.Detail = strings.ToLower(p.Title)
	}
	for _, e := range p.Errors {
		f.Detail += "; " + strings.TrimPrefix(e.Location+": "+e.Message, ": ")
	}
	if p.RequestID == "" {
		p.RequestID = res.Header.Get("Slipway-Request-Id")
	}
	switch {
	case res.StatusCode == http.StatusUnauthorized:
		f.Hint = "make a token on the server with slipway token create, and set SLIPWAY_TOKEN to it or name its file with --token-file"
	case f.Kind == fault.Internal && p.RequestID != "":
		f.Hint = strings.TrimPrefix(f.Hint+"; the server's log says more of request "+p.RequestID, "; ")
	}
	return f
}

// kindOf is the kind that a status stands for.
func kindOf(status int) fault.Kind {
	switch status {
	case http.StatusNotFound:
		return fault.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return fault.Conflict
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return fault.Unavailable
	}
	if status >= http.StatusInternalServerError {
		return fault.Internal
	}
	return fault.Invalid
}
