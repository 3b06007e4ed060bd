package api

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// problemRef is where the description has the answer of every error.
const problemRef = "#/components/responses/Problem"

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

// sayNulls says of what may be null that it may, which huma cannot say of an
// object.
func sayNulls(doc *huma.OpenAPI) {
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

// giveExamples gives each answer its example.
func giveExamples(doc *huma.OpenAPI) error {
	examples := answerExamples()
	for _, item := range doc.Paths {
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
