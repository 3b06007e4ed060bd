// Package catalog holds what is known of triggers, bindings and the names the
// runtime has, as data: triggers.json, bindings.json and runtime.json, embedded
// from this folder. A Catalog does not change once made; an environment may
// have one with more triggers.
//
// Where nothing is known (which triggers offer a binding that has no
// documentation), it says that nothing is known, and no rule speaks.
package catalog
