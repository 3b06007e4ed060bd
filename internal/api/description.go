package api

import (
	"cmp"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// config is that of every API of huma here: those that serve one operation, and
// the description.
func (a *api) config() huma.Config {
	config := huma.DefaultConfig("Slipway", cmp.Or(a.Version, "0"))
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no links to schemas in answers
	config.Formats = map[string]huma.Format{jsonType: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.RejectUnknownQueryParameters = true
	config.Transformers = append(config.Transformers, a.ofHuma)
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	return config
}

// description is the OpenAPI document: an API of huma that knows all operations,
// from the first request for it on, and serves none of them.
type description struct {
	*api
	huma huma.API
	// mu guards huma's copies of the document, which it makes when they are first
	// asked for.
	mu   sync.Mutex
	made func() error
}

var _ huma.Adapter = (*description)(nil)

// describe mounts the description.
func (a *api) describe() {
	d := &description{api: a}
	d.made = sync.OnceValue(d.make)
	config := a.config()
	config.OpenAPIPath = "/v1/openapi"
	d.huma = huma.NewAPI(config, d)
}

// Handle mounts the paths of the document itself.
func (d *description) Handle(op *huma.Operation, handle func(huma.Context)) {
	if op.OperationID != "" {
		return
	}
	d.mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		held := &heldBack{header: w.Header()}
		if err := d.hold(func() { handle(humago.NewContext(op, r, held)) }); err != nil {
			d.refuse(w, r, err)
			return
		}
		w.WriteHeader(held.status)
		_, _ = w.Write(held.body.Bytes()) // who asked has gone
	})
}

// hold calls handle when the document is whole, and for nobody else meanwhile.
func (d *description) hold(handle func()) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.made(); err != nil {
		return err
	}
	handle()
	return nil
}

// ServeHTTP completes what huma wants of an adapter.
func (d *description) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }

// make makes the document.
func (d *description) make() error {
	doc := d.huma.OpenAPI()
	doc.Info.Description = "A control plane for workflow code that lives in Git: what is live, why, and how it goes back."
	doc.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	doc.Servers = []*huma.Server{{URL: "/"}}
	c := doc.Components
	c.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "A token of Slipway's own: slipway_…"}}
	c.Parameters = map[string]*huma.Param{
		"IdempotencyKey": headerParam("Idempotency-Key", "Makes the write happen once: the same key and body get the first answer again.", "^[ -~]{1,255}$"),
		"IfMatch":        headerParam("If-Match", "A release number, or the ETag of a read in the environment: refused if what the command is about changed since.", ifMatchPattern),
		"IfNoneMatch":    headerParam("If-None-Match", "An ETag: the answer is 304 where it is still what there is.", ""),
	}
	for _, tag := range []struct{ name, text string }{
		{"live", "What runs now."},
		{"environments", "One branch of one repository each."},
		{"syncs", "Bringing a branch to a commit."},
		{"plans", "Dry runs."},
		{"workflows", "The users' units."},
		{"deployments", "One bundle of one workflow from one sync."},
		{"releases", "The ledger of what is live."},
		{"access", "Who may do what."},
	} {
		doc.Tags = append(doc.Tags, &huma.Tag{Name: tag.name, Description: tag.text})
	}
	c.Responses = map[string]*huma.Response{"Problem": {
		Description: "What went wrong: problem details (RFC 9457), with a stable code and a hint.",
		Content: map[string]*huma.MediaType{problemType: {
			Schema: c.Schemas.Schema(typeOf[Problem](), true, "Problem"), Example: exampleProblem(),
		}},
	}}
	for _, tell := range d.described {
		tell(d.huma)
	}
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} { // huma's own, which ofHuma turns into problems
		delete(c.Schemas.Map(), unused)
	}
	sayNulls(doc)
	return giveExamples(doc)
}
