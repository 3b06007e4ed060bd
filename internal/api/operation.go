package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// operation is one of the table in docs/spec/http.md.
type operation struct {
	id      string
	method  string
	path    string
	summary string
	tag     string
	group   Group
	role    slipway.Role
	status  int  // of success, 0 is 200
	moves   bool // the ledger: takes If-Match
	text    string
	errors  []int // beside those that every operation may answer
}

// writes reports whether o changes anything, and so takes an Idempotency-Key.
func (o operation) writes() bool { return o.method != http.MethodGet }

func (o operation) pattern() string { return o.method + " " + o.path }

// inEnvironment reports whether o is about one environment.
func (o operation) inEnvironment() bool { return strings.HasPrefix(o.path, environmentPath) }

const environmentPath = "/v1/environments/{env}"

// statuses are the errors that o may answer.
func (o operation) statuses() []int {
	list := []int{400, 401, 403, 421, 422, 429, 431, 500, 503}
	if strings.Contains(o.path, "{") {
		list = append(list, 404)
	}
	if o.writes() {
		list = append(list, 409, 413, 415)
	}
	if o.moves {
		list = append(list, 412)
	}
	list = append(list, o.errors...)
	slices.Sort(list)
	return slices.Compact(list)
}

// describe gives o as the OpenAPI document has it.
func (o operation) describe() huma.Operation {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Description: o.text, Tags: []string{o.tag},
		DefaultStatus: o.status, Responses: map[string]*huma.Response{}, MaxBodyBytes: maxBody, SkipValidateBody: false,
		Security: []map[string][]string{{"token": {}}}, Extensions: map[string]any{"x-role": string(o.role)},
	}
	for _, status := range o.statuses() {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: problemRef}
	}
	op.Responses["431"] = &huma.Response{ // net/http's own, before any of ours
		Description: "The headers are too large.", Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	if o.writes() {
		op.Parameters = append(op.Parameters, &huma.Param{Ref: "#/components/parameters/IdempotencyKey"})
	} else {
		op.Parameters = append(op.Parameters, &huma.Param{Ref: "#/components/parameters/IfNoneMatch"})
		op.Responses["304"] = &huma.Response{Description: "What If-None-Match names is what there is."}
	}
	if o.moves {
		op.Parameters = append(op.Parameters, &huma.Param{Ref: "#/components/parameters/IfMatch"})
	}
	return op
}

// knows makes o the pending operation, if it is described here: because it is
// mounted, or because all are described.
func (a *api) knows(o operation) bool {
	mounted := a.Groups&o.group != 0
	if mounted {
		a.table = append(a.table, o)
	}
	a.pending, a.elsewhere = o, !mounted
	return mounted || a.DescribeAll
}

// add registers an operation whose input and output huma reads and writes.
func add[I, O any](a *api, o operation, handle func(ctx context.Context, in *I) (*O, error)) {
	if !a.knows(o) {
		return
	}
	huma.Register(a.huma, o.describe(), func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// addRaw registers an operation that writes its answer itself, which op
// describes.
func (a *api) addRaw(o operation, op huma.Operation, handle http.HandlerFunc) {
	if !a.knows(o) {
		return
	}
	a.huma.OpenAPI().AddOperation(&op)
	a.HandleFunc(o.pattern(), handle)
}

// HandleFunc is how huma mounts the pending operation, unless another program
// serves it.
func (a *api) HandleFunc(pattern string, handle func(http.ResponseWriter, *http.Request)) {
	o := a.pending
	switch {
	case o.pattern() != pattern: // the description itself
		a.mux.HandleFunc(pattern, handle)
	case a.elsewhere:
	case o.writes():
		a.mux.HandleFunc(pattern, a.signedIn(o, a.once(o, handle)))
	case o.id == resolveID || o.id == bundleID:
		a.mux.HandleFunc(pattern, a.signedIn(o, handle))
	default:
		a.mux.HandleFunc(pattern, a.signedIn(o, a.tagged(o, handle)))
	}
}

// ServeHTTP completes what huma wants of a mux.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// body is an answer with a JSON body.
type body[T any] struct{ Body T }

// located is an answer with a JSON body and the place of what was made.
type located[T any] struct {
	Location string `header:"Location" doc:"Where what was made can be read." required:"false"`
	Body     T
}

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}
