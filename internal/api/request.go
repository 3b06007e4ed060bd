package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/web"
)

// Bounds of a request; the server that listens bounds its headers.
const (
	maxBody      = 64 << 10
	maxRequestID = 128
)

// request is what the handlers of one know beside its input.
type request struct {
	id        string
	operation string
	env       string // slug, "" for none
	who       auth.Principal
	key       string // idempotency key
	seen      *int64 // release that If-Match names
	url       *url.URL
}

type requestKey struct{}

// requestOf is the request of a handler's context. Outside of one it is empty.
func requestOf(ctx context.Context) *request {
	if q, ok := ctx.Value(requestKey{}).(*request); ok {
		return q
	}
	return &request{}
}

// ask is the request as control's commands take it.
func (q *request) ask(reason string) control.Request {
	return control.Request{Actor: q.who.Actor, Reason: reason, Key: q.key, Seen: q.seen}
}

// around is what every request goes through: an id, the log, who may send it
// from where, and answers where no operation is.
func (a *api) around(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{id: requestID(r), url: r.URL}
		began := a.Now()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
		rec := &web.Watched{ResponseWriter: w}
		rec.Header().Set("Slipway-Request-Id", q.id)
		rec.Header().Set("X-Content-Type-Options", "nosniff")
		defer func() { a.answered(r, q, rec, began) }()
		if err := auth.MayCome(r, a.Hosts); err != nil {
			a.refuse(rec, r, err)
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" || path.Clean(r.URL.EscapedPath()) != r.URL.EscapedPath() {
			a.nowhere(rec, r, mux)
			return
		}
		mux.ServeHTTP(rec, r)
	})
}

// answered logs and counts an answer, and answers for a handler that broke.
func (a *api) answered(r *http.Request, q *request, w *web.Watched, began time.Time) {
	if broken := recover(); broken != nil {
		if err, ok := broken.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(broken) // the server's own way to drop a connection
		}
		a.Log.Error("request broke", "requestId", q.id, "operation", q.operation, "panic", broken)
		if w.Status == 0 {
			a.refuse(w, r, fault.New(fault.Internal, "internal", "something went wrong inside Slipway"))
		}
	}
	took := a.Now().Sub(began)
	a.Log.LogAttrs(r.Context(), slog.LevelDebug, "request", slog.String("requestId", q.id), slog.String("operation", q.operation),
		slog.String("method", r.Method), slog.String("path", r.URL.EscapedPath()), slog.Int("status", w.Status),
		slog.Duration("took", took), slog.String("actor", q.who.Actor.String()))
	a.Observe(Answered{Operation: q.operation, Status: w.Status, Took: took})
}

// requestID is the sender's own, if it is one that a log line can hold.
func requestID(r *http.Request) string {
	id := r.Header.Get("Slipway-Request-Id")
	plain := func(c rune) bool { return c > ' ' && c < 0x7f && c != '"' && c != '\\' }
	if id == "" || len(id) > maxRequestID || strings.ContainsFunc(id, func(c rune) bool { return !plain(c) }) {
		return "req_" + rand.Text()
	}
	return id
}

func peer(r *http.Request) string { return auth.Hostname(r.RemoteAddr) }

// nowhere answers a request for which there is no operation.
func (a *api) nowhere(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "" && path.Clean(r.URL.EscapedPath()) == r.URL.EscapedPath() {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		a.refuse(w, r, fault.New(fault.NotFound, codeNoPath, "there is nothing at this path").WithHint("the description is at /v1/openapi.json"))
		return
	}
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.refuse(w, r, fault.New(fault.Invalid, codeNoMethod, "this path has no %s", r.Method).WithHint("it has %s", strings.Join(allowed, ", ")))
}

// signedIn lets whoever may in.
func (a *api) signedIn(o operation, handle http.HandlerFunc) http.HandlerFunc {
	inside := o.inEnvironment()
	return func(w http.ResponseWriter, r *http.Request) {
		q := requestOf(r.Context())
		q.operation = o.id
		if inside {
			q.env = r.PathValue("env")
		}
		who, err := a.Guard.SignIn(r.Context(), r.Header.Get("Authorization"), a.Address(r))
		if err == nil {
			q.who = who
			err = who.Permit(o.role, q.env)
		}
		if err == nil {
			err = a.noEmptyParameters(r)
		}
		if err == nil && o.moves {
			q.seen, err = ifMatch(r.Header)
		}
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		handle(w, r)
	}
}

// noEmptyParameters refuses a parameter without a value: it would be taken for
// one that was not given, and select more than was meant.
func (a *api) noEmptyParameters(r *http.Request) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, codeMalformed, "the query cannot be read").WithHint("escape what is not a letter or a digit")
	}
	var empty []Place
	for name, values := range query {
		if slices.Contains(values, "") {
			empty = append(empty, Place{Location: "query." + name, Message: "it has no value"})
		}
	}
	if len(empty) == 0 {
		return nil
	}
	p := a.problem(r.Context(), fault.New(fault.Invalid, codeInvalid, "the request has parameters without a value").WithHint("leave them out, or give them one"))
	slices.SortFunc(empty, func(a, b Place) int { return strings.Compare(a.Location, b.Location) })
	p.Errors = empty
	return p
}

// read reads a write's body, which is JSON or nothing.
func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var data bytes.Buffer
	if _, err := data.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		if data.Len() >= maxBody {
			return nil, tooLarge()
		}
		return nil, fault.Wrap(err, fault.Invalid, codeMalformed, "the body did not arrive whole").WithHint("send it again")
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if data.Len() > 0 && (err != nil || kind != "application/json") {
		return nil, wrongType()
	}
	return data.Bytes(), nil
}

// mayOverride refuses what only an administrator may say.
func mayOverride(q *request, override bool) error {
	if !override {
		return nil
	}
	return q.who.Permit(slipway.Admin, q.env)
}
