// Package place says where blobs are: what a name may be, under which keys content
// is, and how it is read and checked there; and what to say of a place that does
// not answer. It knows no kind of place, so that a program links those it uses.
package place
