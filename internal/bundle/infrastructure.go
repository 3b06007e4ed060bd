package bundle

import (
	_ "embed"
	"regexp"
)

const (
	infrastructureName = "@kinde/infrastructure"
	builtinSpace       = "package" // esbuild's namespace for it
)

//go:embed infrastructure.ts
var infrastructureSource string

// infrastructureTypes are the names that exist as types only: TypeScript drops
// their imports, and JavaScript cannot import them.
func infrastructureTypes() []string {
	return []string{
		"WorkflowSettings", "WorkflowEvent", "EventBase", "onUserTokenGeneratedEvent", "onM2MTokenGeneratedEvent",
		"onExistingPasswordProvidedEvent", "onNewPasswordProvidedEvent", "onUserPreMFA", "onPostAuthenticationEvent",
		"onPlanSelection", "onPlanCancellationRequest", "onUserPreRegistrationEvent", "onNewUsernameProvidedEvent",
		"MFAEnforcementPolicy", "KindeFetchOptions",
	}
}

// exportsOf returns the names that a source exports by declaration, in order.
func exportsOf(source string) []string {
	declaration := regexp.MustCompile(`(?m)^\s*export\s+(?:declare\s+)?(?:async\s+)?(?:abstract\s+)?(?:function\*?|class|const\s+enum|enum|const|let|var)\s+([\w$]+)`)
	var names []string
	for _, m := range declaration.FindAllStringSubmatch(source, -1) {
		names = append(names, m[1])
	}
	return names
}
