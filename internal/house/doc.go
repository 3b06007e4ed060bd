// Package house holds the rules of the project's own code as tests: which
// package may import which, how long a file may be, what a document may name.
// A Rule is a function over a Tree, the files of one project, so that each one
// is also run on small trees that break it.
//
// What a rule needs to know is a table in the rule's file, and every entry has
// its reason. An exception that nothing needs any more fails as well.
package house
