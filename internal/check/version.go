package check

// The versions of everything that decides what a check says. Tests of packages
// bundle and sandbox hold the first three to the tools that are linked in.
const (
	EsbuildVersion        = "0.28.2"
	QuickJSVersion        = "2026-06-04"
	InfrastructureVersion = "1.0.0" // of our own @kinde/infrastructure
	rulesVersion          = "1"     // add one with every change of a rule
)

// Version names the checker. It changes whenever a rule or a tool changes what a
// check would say of the same files.
func Version() string {
	return "rules-" + rulesVersion + " esbuild-" + EsbuildVersion + " quickjs-" + QuickJSVersion +
		" infrastructure-" + InfrastructureVersion
}
