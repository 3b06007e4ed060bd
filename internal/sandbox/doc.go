// Package sandbox runs a workflow's top-level code in a fresh QuickJS engine and
// reads its settings as plain data. It is the Evaluator of package check.
//
// The code has no network, files, modules or timers, and no clock: every date
// is 2000-01-01 and Math.random gives the same numbers each time, so that the
// same code gives the same settings. Bindings are stand-ins that record their
// use. Promise callbacks do not run. Memory, time and stack are bounded; what
// leaves the engine is one bounded text, and no value of a binding's option.
package sandbox
