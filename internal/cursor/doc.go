// Package cursor reads and writes the cursors of lists, one way for every store.
// A cursor names the place of a page's last entry, and not a count, so entries
// that are added do not shift it. It is bound to its list, the environment and
// the filters included: no other list takes it.
package cursor
