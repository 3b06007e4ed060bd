package check

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

var (
	bindingsKey          = regexp.MustCompile(`\bbindings\b["']?\s*:`)
	infrastructureImport = regexp.MustCompile(`from\s*["']@kinde/infrastructure["']`)
)

// bindings judges the declared bindings by themselves, by the trigger, and by
// what the code uses.
func (r *rules) bindings() {
	raw := r.evaluation.Settings
	switch raw.Bindings.Type {
	case "missing", "object":
	default:
		r.report(diagnostic.BindingsInvalid, r.whereKey("bindings"), "bindings is "+article(raw.Bindings.Type)+" instead of an object",
			"write bindings: { \"kinde.env\": {} }")
		return
	}
	var declared []string
	for _, o := range raw.Options {
		declared = append(declared, o.Value)
		r.declared(o)
	}
	slices.Sort(declared)
	r.file.Settings.Bindings = declared
	r.compare(declared)
}

func (r *rules) declared(o RawValue) {
	name := quoteName(o.Value)
	if o.Type != "object" && o.Type != "missing" {
		r.report(diagnostic.BindingsInvalid, r.whereBinding(o.Value), "the binding "+name+" is "+article(o.Type)+" instead of an object of options", "write "+name+": {}")
	}
	b, known := r.catalog.Binding(o.Value)
	if !known || b.Undeclarable {
		hint := "remove it"
		if near := r.catalog.BindingSuggestion(o.Value); near != "" && near != o.Value {
			hint = "did you mean \"" + near + "\"?"
		}
		r.report(diagnostic.BindingUnknown, r.whereBinding(o.Value), "the binding "+name+" is unknown", hint)
		return
	}
	trigger := r.file.Settings.Trigger
	if offered, is := b.Offered(trigger); is && !offered && trigger != "" && r.builtinTrigger(trigger) {
		r.report(diagnostic.BindingNotOffered, r.whereBinding(o.Value), "the trigger "+trigger+" does not offer the binding "+name, "it is for "+strings.Join(b.Triggers, ", "))
	}
}

// builtinTrigger: of an environment's own trigger nothing is known.
func (r *rules) builtinTrigger(name string) bool {
	t, ok := r.catalog.Trigger(name)
	return ok && t.Member != ""
}

// compare finds bindings used and not declared, and declared and not used. The
// code knows a member of kinde by its binding's name, and url by its globals. A
// kinde that is passed on as a whole may use any of its members.
func (r *rules) compare(declared []string) {
	used := map[string]Place{}
	whole := false
	for _, g := range r.bundled.Globals {
		name := g.Name
		if b, ok := r.catalog.Global(name); ok {
			name = b.Name
		}
		whole = whole || name == "kinde"
		if _, ok := r.catalog.Binding(name); ok || isMember(name) {
			if first, seen := used[name]; !seen || first.Path == "" {
				used[name] = g.Place
			}
		}
	}
	r.undeclared(declared, used)
	for _, name := range declared {
		b, known := r.catalog.Binding(name)
		_, isUsed := used[name]
		if known && !isUsed && !b.Always && !b.Unseen && !b.Undeclarable && !(whole && isMember(name)) {
			r.report(diagnostic.BindingUnused, r.whereBinding(name), "the binding "+quoteName(name)+" is declared and not used", "remove it")
		}
	}
}

func (r *rules) undeclared(declared []string, used map[string]Place) {
	for _, name := range sortedKeys(used) {
		b, known := r.catalog.Binding(name)
		if slices.Contains(declared, name) || b.Always || b.Undeclarable {
			continue
		}
		at := used[name]
		if !known {
			hint := ""
			if near := r.catalog.BindingSuggestion(name); near != "" {
				hint = "did you mean " + near + "?"
			}
			r.report(diagnostic.BindingUnknown, at, name+" is used, and no such binding is known", hint)
			continue
		}
		how := "the code uses"
		if at.Path == "" {
			at, how = r.whereImport(), "helpers that the code imports use"
		}
		r.report(diagnostic.BindingUndeclared, at, how+" the binding "+quoteName(name)+" without declaring it; the workflow fails when that line runs",
			"add "+quoteName(name)+": {} to workflowSettings.bindings")
	}
}

func (r *rules) whereImport() Place {
	if m := infrastructureImport.FindStringIndex(r.source.raw); m != nil {
		return r.at(m[0])
	}
	return Place{}
}

// whereBinding returns the place of a declared binding's name.
func (r *rules) whereBinding(name string) Place {
	if name != "" {
		m := bindingsKey.FindStringIndex(r.source.raw)
		if m != nil {
			k := regexp.MustCompile(`["'\s{,](` + regexp.QuoteMeta(name) + `)["']?\s*[:,}(\n]`).FindStringSubmatchIndex(r.source.raw[m[1]:])
			if k != nil {
				return r.at(m[1] + k[2])
			}
		}
	}
	return r.whereKey("bindings")
}

func isMember(name string) bool { return strings.HasPrefix(name, "kinde.") }
