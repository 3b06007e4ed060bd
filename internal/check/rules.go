package check

import (
	"regexp"
	"slices"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// rules are the rules of one file, while they are applied.
type rules struct {
	file       *File
	bundled    Bundled
	evaluation Evaluation
	catalog    catalog.Catalog
	source     text
	sources    *sources
}

func (r *rules) apply() {
	if r.failure() {
		return
	}
	r.topLevelBindings()
	r.defaultExport()
	if !r.settings() {
		return
	}
	r.bindings()
	r.undefinedNames()
}

// report adds a diagnostic at a place; at the whole file if the place is zero.
func (r *rules) report(code diagnostic.Code, at Place, message, hint string) {
	if at.Path == "" {
		r.file.Diagnostics = append(r.file.Diagnostics, diagnostic.New(code, r.file.Path, message, hint))
		return
	}
	line := r.sources.of(at.Path).line(at.Line)
	r.file.Diagnostics = append(r.file.Diagnostics, diagnostic.New(code, at.Path, message, hint).At(at.Line, at.Column, line))
}

func (r *rules) failure() bool {
	f := r.evaluation.Failure
	if f == nil {
		return false
	}
	at := Place{}
	if f.Line > 0 {
		at = r.bundled.Locate(f.Line, f.Column)
	}
	switch f.Kind {
	case TimedOut:
		r.report(diagnostic.TopLevelTimeout, at, "the top-level code did not end within its time limit", "move the work into the default function")
	case OutOfSpace:
		r.report(diagnostic.TopLevelMemory, at, "the top-level code asked for too much memory", "move the work into the default function")
	case TooDeep:
		r.report(diagnostic.TopLevelRecursion, at, "the top-level code calls itself too deeply", "")
	case Unreadable:
		r.report(diagnostic.SettingsUnreadable, r.orSettings(at), "workflowSettings cannot be read: "+f.Message, "write the settings as plain values")
	default:
		r.report(diagnostic.TopLevelThrows, at, "the top-level code throws: "+f.Message, "move the code into the default function")
	}
	return true
}

func (r *rules) orSettings(at Place) Place {
	if at.Path == "" {
		return r.whereSettings()
	}
	return at
}

func (r *rules) topLevelBindings() {
	for _, s := range r.evaluation.Stubs {
		at := Place{}
		if s.Line > 0 {
			at = r.bundled.Locate(s.Line, s.Column)
		}
		r.report(diagnostic.BindingAtTopLevel, at, s.Name+" is used outside the default function, where bindings do not exist; the real runtime throws here",
			"move the line into the default function")
	}
}

func (r *rules) defaultExport() {
	if r.evaluation.Default == DefaultAsync {
		return
	}
	at := r.find(defaultPattern, 0)
	const want = "write export default async function (event) { … }"
	switch r.evaluation.Default {
	case DefaultNone:
		r.report(diagnostic.DefaultMissing, Place{}, "there is no default export", want)
	case DefaultSync:
		r.report(diagnostic.DefaultNotAsync, at, "the default function is not async; the runtime fails unless it returns a promise", "write async before function")
	case DefaultHandler:
		r.report(diagnostic.DefaultNotFunction, at, "the default export is an object with a handle method, a form that ended in 2024", "export the method itself: export default async function (event) { … }")
	case DefaultClass:
		r.report(diagnostic.DefaultNotFunction, at, "the default export is a class", want)
	case DefaultGenerator:
		r.report(diagnostic.DefaultNotFunction, at, "the default export is a generator", want)
	default:
		r.report(diagnostic.DefaultNotFunction, at, "the default export is not a function", want)
	}
}

// undefinedNames warns of names that nothing declares and the runtime lacks.
func (r *rules) undefinedNames() {
	helpers := []string{
		"WorkflowTrigger", "accessTokenCustomClaims", "idTokenCustomClaims", "m2mTokenClaims", "denyAccess", "setEnforcementPolicy",
		"denyPlanSelection", "denyPlanCancellation", "invalidateFormField", "getLocalization", "getEnvironmentVariable", "fetch", "secureFetch",
		"getM2MToken", "createKindeAPI",
	}
	for _, g := range r.bundled.Globals {
		if r.catalog.RuntimeHas(g.Name) || isMember(g.Name) || g.Name == "kinde" {
			continue
		}
		if _, ok := r.catalog.Global(g.Name); ok {
			continue
		}
		hint := "the runtime has no globals of Node or the browser"
		if slices.Contains(helpers, g.Name) {
			hint = "import it: import { " + g.Name + " } from \"@kinde/infrastructure\""
		}
		r.report(diagnostic.NameUndefined, g.Place, g.Name+" is not defined; the line throws a ReferenceError when it runs", hint)
	}
}

// What the rules look for in a file's text.
var (
	defaultPattern  = regexp.MustCompile(`\bexport\s+default\b|\bas\s+default\b`)
	settingsPattern = regexp.MustCompile(`\bworkflowSettings\b`)
	objectPattern   = regexp.MustCompile(`\bworkflowSettings\b[^;{]*?=\s*\{`)
	idKeyPattern    = regexp.MustCompile(settingsKey("id"))
	triggerPattern  = regexp.MustCompile(settingsKey("trigger"))
)

// settingsKey is the pattern of an object's key.
func settingsKey(key string) string { return `[{,\s]["']?(` + key + `)["']?\s*[:,}(\n]` }

// find returns the place of a pattern's group in the code of the entry file,
// comments and the insides of strings apart; zero if it is not there.
func (r *rules) find(pattern *regexp.Regexp, group int) Place {
	m := pattern.FindStringSubmatchIndex(r.source.masked)
	if len(m) <= 2*group || m[2*group] < 0 {
		return Place{}
	}
	return r.at(m[2*group])
}

func (r *rules) at(offset int) Place {
	line, column := r.source.place(offset)
	return Place{Path: r.file.Path, Line: line, Column: column}
}

func (r *rules) whereSettings() Place { return r.find(settingsPattern, 0) }

// whereKey returns the place of a key's name in the settings' object.
func (r *rules) whereKey(key string) Place {
	return r.whereKeyMatches(regexp.MustCompile(settingsKey(key)))
}

func (r *rules) whereKeyMatches(pattern *regexp.Regexp) Place {
	m := objectPattern.FindStringIndex(r.source.masked)
	if m == nil {
		return r.whereSettings()
	}
	from, to := m[1]-1, r.source.closing(m[1]-1)
	k := pattern.FindStringSubmatchIndex(r.source.raw[from:to])
	if k == nil {
		return r.whereSettings()
	}
	return r.at(from + k[2])
}
