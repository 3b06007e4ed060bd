package diagnostic

import "slices"

// Code names a kind of diagnostic for good: stable, kebab-case, documented in
// docs/diagnostics.md under a heading of its own name.
type Code string

// Configuration and discovery.
const (
	ConfigMissing    Code = "config-missing"
	ConfigInvalid    Code = "config-invalid"
	ConfigWrongType  Code = "config-wrong-type"
	RootDirOutside   Code = "root-dir-outside"
	NoWorkflows      Code = "no-workflows"
	NearMiss         Code = "near-miss"
	TooManyWorkflows Code = "too-many-workflows"
)

// Bundling.
const (
	UpperCaseExtension Code = "upper-case-extension"
	FileUnreadable     Code = "file-unreadable"
	FileTooLarge       Code = "file-too-large"
	NestingTooDeep     Code = "nesting-too-deep"
	SyntaxError        Code = "syntax-error"
	TopLevelAwait      Code = "top-level-await"
	ImportNotFound     Code = "import-not-found"
	ImportOutside      Code = "import-outside-repository"
	ImportExcluded     Code = "import-excluded"
	ImportUnsupported  Code = "import-unsupported"
	PackageNotOffered  Code = "package-not-offered"
	ExportNotFound     Code = "export-not-found"
	TSConfigInvalid    Code = "tsconfig-invalid"
	BundleTooLarge     Code = "bundle-too-large"
	BundleEmpty        Code = "bundle-empty"
	SuspiciousCode     Code = "suspicious-code"
)

// Evaluation of the top-level code.
const (
	TopLevelThrows     Code = "top-level-throws"
	TopLevelTimeout    Code = "top-level-timeout"
	TopLevelMemory     Code = "top-level-memory"
	TopLevelRecursion  Code = "top-level-recursion"
	BindingAtTopLevel  Code = "binding-at-top-level"
	SettingsUnreadable Code = "settings-unreadable"
	CheckTimeout       Code = "check-timeout"
)

// Settings and the default export.
const (
	SettingsMissing      Code = "settings-missing"
	SettingsNotObject    Code = "settings-not-object"
	SettingIgnored       Code = "setting-ignored"
	IDMissing            Code = "id-missing"
	IDInvalid            Code = "id-invalid"
	NameInvalid          Code = "name-invalid"
	TriggerMissing       Code = "trigger-missing"
	TriggerInvalid       Code = "trigger-invalid"
	TriggerUnknown       Code = "trigger-unknown"
	FailurePolicyInvalid Code = "failure-policy-invalid"
	BindingsInvalid      Code = "bindings-invalid"
	DefaultMissing       Code = "default-export-missing"
	DefaultNotFunction   Code = "default-export-not-function"
	DefaultNotAsync      Code = "default-export-not-async"
)

// Names that the code uses.
const (
	BindingUnknown    Code = "binding-unknown"
	BindingUndeclared Code = "binding-undeclared"
	BindingUnused     Code = "binding-unused"
	BindingNotOffered Code = "binding-not-offered"
	NameUndefined     Code = "name-undefined"
)

// Across files and stored workflows.
const (
	DuplicateID             Code = "duplicate-id"
	DuplicateTrigger        Code = "duplicate-trigger"
	TriggerOfStoredWorkflow Code = "trigger-of-stored-workflow"
)

// Of a sync.
const (
	NotChecked Code = "not-checked"
)

// Info explains a code to people.
type Info struct {
	Code     Code
	Title    string
	Severity Severity // the default; a diagnostic carries its own
	Means    string   // what is wrong and why it matters
	Example  string   // lines of a user's file, or of a tree of files
	Mend     string   // what to do
}

// Codes returns every code with its explanation, in the order of the documentation.
// The list is made anew on each call: a caller may keep it.
func Codes() []Info {
	var all []Info
	for _, family := range families() {
		all = append(all, family.codes...)
	}
	return all
}

// Explain returns the explanation of c; false if no such code is registered.
func Explain(c Code) (Info, bool) {
	for _, i := range Codes() {
		if i.Code == c {
			return i, true
		}
	}
	return Info{}, false
}

// Severity returns c's default severity, Error for a code that is not registered.
func (c Code) Severity() Severity {
	if i, ok := Explain(c); ok {
		return i.Severity
	}
	return Error
}

// OfRepository reports whether c is about a repository and what was found in it,
// and not about one workflow's code.
func (c Code) OfRepository() bool {
	return slices.ContainsFunc(discoveryCodes(), func(i Info) bool { return i.Code == c })
}

// New returns a diagnostic of the whole file at path, with c's default severity.
func New(c Code, path, message, hint string) Diagnostic {
	return Diagnostic{Code: c, Severity: c.Severity(), Path: path, Message: message, Hint: hint}
}

// At returns a copy of d with a place in its file.
func (d Diagnostic) At(line, column int, text string) Diagnostic {
	d.Line, d.Column, d.LineText = line, column, CutLine(text)
	return d
}

// CutLine returns text cut to the 200 characters that a diagnostic shows.
func CutLine(text string) string {
	runes := []rune(text)
	if len(runes) <= 200 {
		return text
	}
	return string(runes[:200])
}

type family struct {
	title string
	codes []Info
}

func families() []family {
	return []family{
		{"Configuration and discovery", discoveryCodes()},
		{"Bundling", bundlingCodes()},
		{"Top-level code", evaluationCodes()},
		{"Settings and default export", settingsCodes()},
		{"Names", nameCodes()},
		{"Across workflows", acrossCodes()},
		{"The sync itself", syncCodes()},
	}
}
