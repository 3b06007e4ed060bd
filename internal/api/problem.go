package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/web"
)

// Problem is an error as it is answered: problem details of RFC 9457 with the
// fault's own members.
type Problem struct {
	Type   string     `json:"type" doc:"Always about:blank: the code says what it is."`
	Title  string     `json:"title" doc:"The status in words."`
	Status int        `json:"status" doc:"The HTTP status."`
	Code   string     `json:"code" doc:"What went wrong, for programs: it never changes its meaning."`
	Detail string     `json:"detail" doc:"What went wrong, for people."`
	Hint   string     `json:"hint,omitempty" doc:"What would have to be true."`
	Fixes  [][]string `json:"fixes,omitempty" doc:"Commands of the command line that make it so, best first, as words after the program's name."`
	Errors []Place    `json:"errors,omitempty" doc:"The places in the request that are wrong."`
	// Diagnostics are what the check said of the code that was to go live.
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics,omitempty" doc:"Where the code is the trouble: what its check said."`
	RequestID   string                  `json:"requestId" doc:"The request, as the log has it."`

	retryAfter string
}

// Place is something wrong in a request.
type Place struct {
	Location string `json:"location" doc:"Where, such as body.reason or query.limit."`
	Message  string `json:"message" doc:"What is wrong there."`
}

var (
	_ huma.StatusError       = (*Problem)(nil)
	_ huma.ContentTypeFilter = (*Problem)(nil)
	_ huma.HeadersError      = (*Problem)(nil)
)

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problem details.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders says when to ask again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	return h
}

const problemType = "application/problem+json"

// Codes of faults that are this edge's own.
const (
	codeMalformed   = "malformed-request"
	codeInvalid     = "invalid-request"
	codeNoPath      = "unknown-path"
	codeNoMethod    = "unknown-method"
	codeTooLarge    = "too-large"
	codeWrongType   = "wrong-content-type"
	codeKeyReused   = "idempotency-key-reused"
	codeKeyBusy     = "idempotency-in-progress"
	codeBadKey      = "bad-idempotency-key"
	codeBadIfMatch  = "bad-if-match"
	codeBadCursor   = "bad-cursor"
	codeNotValid    = "not-valid"
	codeBadExpiry   = "bad-expiry"
	codeBadFreeze   = "bad-freeze"
	codeNotResolved = "nothing-live-on-trigger"
)

// statusOf is the HTTP status of a fault, with the codes that are the API's own.
func statusOf(f *fault.Fault) int {
	switch f.Code {
	case control.CodeReleaseMoved:
		return http.StatusPreconditionFailed
	case codeNoMethod:
		return http.StatusMethodNotAllowed
	case codeTooLarge:
		return http.StatusRequestEntityTooLarge
	case codeWrongType:
		return http.StatusUnsupportedMediaType
	case codeBadCursor: // it names no page of the list
		return http.StatusNotFound
	case codeInvalid:
		return http.StatusUnprocessableEntity
	case codeBadExpiry, codeBadFreeze: // well-formed, and past by the server's clock
		return http.StatusConflict
	case codeNotValid: // the deployment's state is in the way, not the request's form
		return http.StatusConflict
	}
	return web.Status(f)
}

// problem translates an error for the request of ctx, and logs what is our own
// mistake or a store's trouble with its cause.
func (a *api) problem(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if _, known := errors.AsType[*fault.Fault](err); !known && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		err = fault.Wrap(err, fault.Unavailable, "timed-out", "the request took longer than it may, or its sender has gone").WithHint("ask again")
	}
	f, q := fault.Of(err), requestOf(ctx)
	p := &Problem{
		Type: "about:blank", Status: statusOf(f), Code: f.Code, Detail: f.Detail, Hint: f.Hint, RequestID: q.id,
	}
	p.Title = http.StatusText(p.Status)
	for _, fix := range f.Fixes {
		words := make([]string, 0, len(fix))
		for _, w := range fix {
			if w == fault.EnvArg && q.env != "" {
				w = q.env
			}
			words = append(words, w)
		}
		p.Fixes = append(p.Fixes, words)
	}
	switch {
	case p.Status >= http.StatusInternalServerError:
		a.Log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("requestId", q.id), slog.String("operation", q.operation),
			slog.String("code", f.Code), slog.String("error", err.Error()), slog.Any("cause", errors.Unwrap(f)))
		p.retryAfter = "1"
	case p.Status == http.StatusTooManyRequests:
		p.retryAfter = "60"
	case f.Code == codeKeyBusy:
		p.retryAfter = "1"
	}
	return p
}

// refuse answers with an error.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(r.Context(), err)
	h := w.Header()
	for name, values := range p.GetHeaders() {
		h[name] = values
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="slipway"`)
	}
	h.Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // who asked has gone
}

// ofHuma turns huma's own errors, about requests that it could not read, into
// problems.
func (a *api) ofHuma(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	f := fault.New(fault.Invalid, codeInvalid, "the request has values that are not allowed").WithHint("errors says which, and where")
	switch e.Status {
	case http.StatusRequestEntityTooLarge:
		f = tooLarge()
	case http.StatusUnsupportedMediaType:
		f = wrongType()
	case http.StatusBadRequest:
		f = fault.New(fault.Invalid, codeMalformed, "the request cannot be read: %s", strings.ToLower(e.Detail)).WithHint("send JSON as the description has it")
	case http.StatusInternalServerError:
		f = fault.Wrap(e, fault.Internal, "internal", "something went wrong inside Slipway")
	}
	p := a.problem(ctx.Context(), f)
	p.Status = e.Status // it is sent already
	p.Title = http.StatusText(e.Status)
	for _, d := range e.Errors {
		p.Errors = append(p.Errors, Place{Location: d.Location, Message: d.Message})
	}
	return p, nil
}

func tooLarge() *fault.Fault {
	return fault.New(fault.Invalid, codeTooLarge, "the body is larger than %d KiB", maxBody>>10).WithHint("say less: long stories fit better behind a link")
}

func wrongType() *fault.Fault {
	return fault.New(fault.Invalid, codeWrongType, "the body is not JSON").WithHint("send it with Content-Type: application/json")
}
