package check

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	maxIDBytes        = 128
	maxNameCharacters = 200
)

var (
	idPattern     = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._:@+-]*[\p{L}\p{M}\p{N}._:@+-])?$`)
	memberPattern = regexp.MustCompile(`\bWorkflowTrigger\s*\.\s*([\w$]+)`)
)

// settings judges what the code exports as workflowSettings and keeps what is
// usable. It returns false if there are none.
func (r *rules) settings() bool {
	raw := r.evaluation.Settings
	switch raw.Type {
	case "missing":
		hint := "write export const workflowSettings = { id: …, trigger: … }"
		if r.whereSettings().Path != "" {
			hint = "write export before const workflowSettings"
		}
		r.report(diagnostic.SettingsMissing, r.whereSettings(), "the file does not export workflowSettings", hint)
		return false
	case "object":
	default:
		r.report(diagnostic.SettingsNotObject, r.whereSettings(), "workflowSettings is "+article(raw.Type)+" instead of an object", "write export const workflowSettings = { id: …, trigger: … }")
		return false
	}
	r.file.Places = Places{ID: r.whereKeyMatches(idKeyPattern), Trigger: r.whereKeyMatches(triggerPattern)}
	r.file.Settings = slipway.Settings{ID: r.id(raw.ID), Name: r.name(raw.Name), Trigger: r.trigger(raw.Trigger), FailurePolicy: r.failurePolicy(raw)}
	for _, key := range raw.Keys {
		if key == "timeout" || key == "resetClaims" {
			r.report(diagnostic.SettingIgnored, r.whereKey(key), key+" has no meaning here", "remove it")
		}
	}
	return true
}

// id returns a usable id. One that is refused is returned as well, if it is
// fit to be shown, so that the file can be told from others.
func (r *rules) id(v RawValue) string {
	at := r.file.Places.ID
	switch {
	case v.Type == "missing" || v.Type == "null" || v.Type == "string" && v.Value == "":
		r.report(diagnostic.IDMissing, at, "the workflow has no id", "add id: \"…\" to workflowSettings")
		return ""
	case v.Type == "binding":
		r.report(diagnostic.IDInvalid, at, "the id comes from a binding, which does not exist when settings are read", "write the id as a string")
		return ""
	case v.Type != "string":
		r.report(diagnostic.IDInvalid, at, "the id is "+article(v.Type)+" instead of a string", "")
		return ""
	case len(v.Value) > maxIDBytes:
		r.report(diagnostic.IDInvalid, at, "the id is longer than 128 bytes", "")
		return ""
	case !idPattern.MatchString(v.Value):
		r.report(diagnostic.IDInvalid, at, "the id holds a character that is not allowed", "use letters, digits and . _ : @ + - ; start with a letter or digit")
		return ""
	}
	return v.Value
}

func (r *rules) name(v RawValue) string {
	switch {
	case v.Type == "missing":
		return ""
	case v.Type != "string":
		r.report(diagnostic.NameInvalid, r.whereKey("name"), "the name is "+article(v.Type)+" instead of a string", "")
		return ""
	case utf8.RuneCountInString(v.Value) > maxNameCharacters:
		r.report(diagnostic.NameInvalid, r.whereKey("name"), "the name is longer than 200 characters", "")
		return ""
	case strings.ContainsFunc(v.Value, unicode.IsControl):
		r.report(diagnostic.NameInvalid, r.whereKey("name"), "the name holds a control character", "")
		return ""
	}
	return v.Value
}

func (r *rules) trigger(v RawValue) string {
	at := r.file.Places.Trigger
	switch {
	case v.Type == "missing" || v.Type == "null" || v.Type == "string" && v.Value == "":
		r.missingTrigger(at)
		return ""
	case v.Type == "array":
		r.report(diagnostic.TriggerInvalid, at, "the trigger is an array; a workflow has one trigger", "make a workflow for each trigger, and import the shared code")
		return ""
	case v.Type != "string":
		r.report(diagnostic.TriggerInvalid, at, "the trigger is "+article(v.Type)+" instead of a string", "")
		return ""
	}
	if _, ok := r.catalog.Trigger(v.Value); !ok {
		r.unknownTrigger(at, v.Value)
		return ""
	}
	return v.Value
}

// missingTrigger looks for the usual cause: a member that the enum lacks.
func (r *rules) missingTrigger(at Place) {
	for _, m := range memberPattern.FindAllStringSubmatchIndex(r.source.masked, -1) {
		member := r.source.masked[m[2]:m[3]]
		if _, ok := r.catalog.Member(member); ok {
			continue
		}
		hint := "the members are those of the list of triggers"
		if near := r.catalog.MemberSuggestion(member); near != "" {
			hint = "did you mean WorkflowTrigger." + near + "?"
		}
		r.report(diagnostic.TriggerMissing, r.at(m[2]), "WorkflowTrigger."+member+" does not exist, so the trigger is undefined", hint)
		return
	}
	if r.hasKey("trigger") {
		r.report(diagnostic.TriggerMissing, at, "the trigger is undefined", "use a member of WorkflowTrigger, or a string such as \"user:post_authentication\"")
		return
	}
	r.report(diagnostic.TriggerMissing, r.whereSettings(), "the workflow has no trigger", "add trigger: WorkflowTrigger.… to workflowSettings")
}

func (r *rules) hasKey(key string) bool {
	for _, k := range r.evaluation.Settings.Keys {
		if k == key {
			return true
		}
	}
	return false
}

func (r *rules) unknownTrigger(at Place, name string) {
	hint := "an environment can be given triggers of its own"
	if near := r.catalog.TriggerSuggestion(name); near != "" {
		hint = "did you mean \"" + near + "\"?"
	}
	r.report(diagnostic.TriggerUnknown, at, "the trigger "+quoteName(name)+" is unknown", hint)
}

func (r *rules) failurePolicy(raw RawSettings) string {
	fine := raw.Action.Type == "string" && (raw.Action.Value == "stop" || raw.Action.Value == "continue")
	switch {
	case raw.FailurePolicy.Type == "missing", raw.FailurePolicy.Type == "object" && raw.Action.Type == "missing":
		return "stop"
	case raw.FailurePolicy.Type == "object" && fine:
		return raw.Action.Value
	}
	at := r.whereKey("failurePolicy")
	const want = "write failurePolicy: { action: \"stop\" } or \"continue\""
	switch {
	case raw.FailurePolicy.Type != "object":
		r.report(diagnostic.FailurePolicyInvalid, at, "failurePolicy is "+article(raw.FailurePolicy.Type)+" instead of an object", want)
	case raw.Action.Type == "string":
		r.report(diagnostic.FailurePolicyInvalid, at, "failurePolicy.action is "+quoteName(raw.Action.Value), want)
	default:
		r.report(diagnostic.FailurePolicyInvalid, at, "failurePolicy.action is "+article(raw.Action.Type)+" instead of a string", want)
	}
	return "stop"
}

func article(kind string) string {
	switch kind {
	case "missing":
		return "undefined"
	case "null":
		return "null"
	case "array", "object":
		return "an " + kind
	case "binding":
		return "a value of a binding"
	}
	return "a " + kind
}

// quoteName quotes a short name from the user's code for a message.
func quoteName(name string) string {
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100]) + "…"
	}
	return `"` + strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return '\ufffd'
		}
		return c
	}, name) + `"`
}
