package api

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// problemRef is where the description has the answer of every error.
const problemRef = "#/components/responses/Problem"

// describe begins the description.
func (a *api) describe() {
	config := huma.DefaultConfig("Slipway", cmp.Or(a.Version, "0"))
	config.Info.Description = "A control plane for workflow code that lives in Git: what is live, why, and how it goes back."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Servers = []*huma.Server{{URL: "/"}}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/v1/openapi", "", ""
	config.CreateHooks = nil // no links to schemas in answers
	config.Formats = map[string]huma.Format{jsonType: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.RejectUnknownQueryParameters = true
	config.Transformers = append(config.Transformers, a.ofHuma)
	c := config.Components
	c.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
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
		config.Tags = append(config.Tags, &huma.Tag{Name: tag.name, Description: tag.text})
	}
	a.pending = operation{id: "openapi"}
	a.huma = huma.NewAPI(config, mounted{a})
	c.Responses = map[string]*huma.Response{"Problem": {
		Description: "What went wrong: problem details (RFC 9457), with a stable code and a hint.",
		Content: map[string]*huma.MediaType{problemType: {
			Schema: c.Schemas.Schema(typeOf[Problem](), true, "Problem"), Example: exampleProblem(),
		}},
	}}
}

// mounted is the mux that huma gives its operations to.
type mounted struct{ *api }

// Handle mounts one.
func (m mounted) Handle(op *huma.Operation, handle func(huma.Context)) {
	m.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) { handle(humago.NewContext(op, r, w)) })
}

// schemaName is a type's name without the word that tells views from nouns.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == typeOf[slipway.Problem]() { // of a sync or a plan; this edge has its own
		return "SyncProblem"
	}
	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "View")
}

func headerParam(name, text, pattern string) *huma.Param {
	return &huma.Param{Name: name, In: "header", Description: text, Schema: &huma.Schema{Type: huma.TypeString, Pattern: pattern}}
}

func pathParam(name, text string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: text, Schema: &huma.Schema{Type: huma.TypeString, MinLength: new(1)}}
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// finishDescription says of what may be null that it may, which huma cannot say
// of an object, and gives each answer its example.
func (a *api) finishDescription() error {
	doc := a.huma.OpenAPI()
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} { // huma's own, which ofHuma turns into problems
		delete(doc.Components.Schemas.Map(), unused)
	}
	for name, schema := range doc.Components.Schemas.Map() {
		t := doc.Components.Schemas.TypeFromRef("#/components/schemas/" + name)
		if t != nil && t.Kind() == reflect.Struct {
			allowNulls(schema, t)
		}
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Post, item.Put, item.Patch} {
			if op != nil && op.RequestBody != nil {
				allowLeftOut(doc.Components.Schemas, op.RequestBody.Content[jsonType].Schema)
			}
		}
	}
	return a.giveExamples()
}

// allowNulls says of the fields of an answer that point to an object and are
// always there that they may be null.
func allowNulls(schema *huma.Schema, t reflect.Type) {
	for _, f := range reflect.VisibleFields(t) {
		property, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := schema.Properties[property]
		if p == nil || p.Ref == "" || f.Type.Kind() != reflect.Pointer || strings.Contains(options, "omitempty") {
			continue
		}
		schema.Properties[property] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
	}
}

// allowLeftOut says of the fields of a request that may be left out that null is
// the same.
func allowLeftOut(all huma.Registry, schema *huma.Schema) {
	if schema.Ref != "" {
		schema = all.SchemaFromRef(schema.Ref)
	}
	for name, p := range schema.Properties {
		switch {
		case p.Ref != "" && !slices.Contains(schema.Required, name):
			schema.Properties[name] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
			allowLeftOut(all, p)
		case p.Ref != "" || p.Type == huma.TypeObject:
			allowLeftOut(all, p)
		case !slices.Contains(schema.Required, name):
			p.Nullable = true
		}
	}
}

func (a *api) giveExamples() error {
	examples := answerExamples()
	for _, item := range a.huma.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for status, answer := range op.Responses {
				content := answer.Content[jsonType]
				if !strings.HasPrefix(status, "2") || content == nil || content.Schema == nil {
					continue
				}
				name := strings.TrimPrefix(content.Schema.Ref, "#/components/schemas/")
				example, ok := examples[name]
				if !ok {
					return fmt.Errorf("describe %s: there is no example of a %s", op.OperationID, name)
				}
				content.Example = example
			}
		}
	}
	return nil
}
