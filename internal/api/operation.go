package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

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

// register tells an API of huma about one operation.
type register func(huma.API)

// add adds an operation whose input and output huma reads and writes.
func add[I, O any](a *api, o operation, handle func(ctx context.Context, in *I) (*O, error)) {
	tell := func(to huma.API) {
		huma.Register(to, o.describe(), func(ctx context.Context, in *I) (*O, error) {
			out, err := handle(ctx, in)
			if err != nil {
				return nil, a.problem(ctx, err)
			}
			return out, nil
		})
	}
	a.mount(o, tell, a.alone(tell))
}

// addRaw adds an operation that writes its answer itself; complete says what that
// is in the description.
func (a *api) addRaw(o operation, complete func(op *huma.Operation, all huma.Registry), handle http.HandlerFunc) {
	a.mount(o, func(to huma.API) {
		op := o.describe()
		complete(&op, to.OpenAPI().Components.Schemas)
		to.OpenAPI().AddOperation(&op)
	}, handle)
}

// mount serves o with handle, unless another program does, and has it described,
// unless that is no matter of this one.
func (a *api) mount(o operation, tell register, handle http.HandlerFunc) {
	mounted := a.Groups&o.group != 0
	if mounted || a.DescribeAll {
		a.described = append(a.described, tell)
	}
	if !mounted {
		return
	}
	a.table = append(a.table, o)
	switch {
	case o.writes():
		handle = a.once(o, handle)
	case o.id == resolveID || o.id == bundleID:
	default:
		handle = a.tagged(o, handle)
	}
	a.mux.HandleFunc(o.pattern(), a.signedIn(o, handle))
}

// alone serves one operation by an API of huma that has no other, made at the
// first request. Requests that come meanwhile wait for it.
func (a *api) alone(tell register) http.HandlerFunc {
	first := sync.OnceValue(func() huma.Adapter { return a.apiOf(tell).Adapter() })
	return func(w http.ResponseWriter, r *http.Request) { first().ServeHTTP(w, r) }
}

// apiOf is an API of huma that has one operation.
func (a *api) apiOf(tell register) huma.API {
	one := huma.NewAPI(a.config(), &served{})
	tell(one)
	sayNulls(one.OpenAPI()) // requests are held to it
	return one
}

// served is what an API of huma has mounted, where that is one handler.
type served struct{ http.HandlerFunc }

var _ huma.Adapter = (*served)(nil)

// Handle mounts it.
func (s *served) Handle(op *huma.Operation, handle func(huma.Context)) {
	s.HandlerFunc = func(w http.ResponseWriter, r *http.Request) { handle(humago.NewContext(op, r, w)) }
}

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
