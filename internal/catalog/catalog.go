package catalog

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
)

//go:embed triggers.json
var triggersJSON string

//go:embed bindings.json
var bindingsJSON string

//go:embed runtime.json
var runtimeJSON string

// Trigger is an event that a workflow can be for.
type Trigger struct {
	Name   string `json:"name"`   // "user:pre_mfa"
	Member string `json:"member"` // of the enum WorkflowTrigger; empty for an environment's own
	Fires  string `json:"fires"`  // when, in a few words
}

// Binding is a capability that a workflow declares.
type Binding struct {
	Name         string   `json:"name"`         // "kinde.env"
	Globals      []string `json:"globals"`      // the names it makes, if not its own
	Triggers     []string `json:"triggers"`     // those that offer it; none if nothing is known
	Always       bool     `json:"always"`       // there without a declaration
	Undeclarable bool     `json:"undeclarable"` // used inside helpers, never declared
	Unseen       bool     `json:"unseen"`       // may work without being named in code
}

// Offered reports whether a trigger offers the binding; known is false where
// no documentation says.
func (b Binding) Offered(trigger string) (offered, known bool) {
	return slices.Contains(b.Triggers, trigger), len(b.Triggers) > 0
}

// Catalog is immutable.
type Catalog struct {
	triggers []Trigger
	bindings []Binding
	mistakes map[string]string // a wrong name of anything, and the right one
	names    map[string]bool   // what the runtime has without any binding
}

// Default returns the catalogue of this release.
func Default() Catalog {
	var c Catalog
	var t struct {
		Triggers []Trigger         `json:"triggers"`
		Mistakes map[string]string `json:"mistakes"`
	}
	var b struct {
		Bindings []Binding         `json:"bindings"`
		Mistakes map[string]string `json:"mistakes"`
	}
	var r struct {
		Names []string `json:"names"`
	}
	// The embedded files decode: a test holds them to it.
	_ = json.Unmarshal([]byte(triggersJSON), &t)
	_ = json.Unmarshal([]byte(bindingsJSON), &b)
	_ = json.Unmarshal([]byte(runtimeJSON), &r)
	c.triggers, c.bindings = t.Triggers, b.Bindings
	c.mistakes = map[string]string{}
	maps.Copy(c.mistakes, t.Mistakes)
	maps.Copy(c.mistakes, b.Mistakes)
	c.names = map[string]bool{}
	for _, n := range r.Names {
		c.names[n] = true
	}
	return c
}

// WithTriggers returns a catalogue that also knows the extra triggers by name.
func (c Catalog) WithTriggers(extra []string) Catalog {
	c.triggers = slices.Clone(c.triggers)
	for _, name := range extra {
		if _, known := c.Trigger(name); !known && name != "" {
			c.triggers = append(c.triggers, Trigger{Name: name})
		}
	}
	return c
}

// Triggers returns all triggers, in the order of the documentation.
func (c Catalog) Triggers() []Trigger { return slices.Clone(c.triggers) }

// Trigger returns the trigger of this name.
func (c Catalog) Trigger(name string) (Trigger, bool) {
	return find(c.triggers, func(t Trigger) bool { return t.Name == name })
}

// Member returns the trigger of this member of the enum WorkflowTrigger.
func (c Catalog) Member(member string) (Trigger, bool) {
	return find(c.triggers, func(t Trigger) bool { return t.Member == member && member != "" })
}

// Bindings returns all bindings.
func (c Catalog) Bindings() []Binding { return slices.Clone(c.bindings) }

// Binding returns the binding of this name.
func (c Catalog) Binding(name string) (Binding, bool) {
	return find(c.bindings, func(b Binding) bool { return b.Name == name })
}

// Global returns the binding that makes this global name.
func (c Catalog) Global(name string) (Binding, bool) {
	return find(c.bindings, func(b Binding) bool { return slices.Contains(b.Globals, name) })
}

// RuntimeHas reports whether the runtime has this name without any binding.
func (c Catalog) RuntimeHas(name string) bool { return c.names[name] }

func find[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}
