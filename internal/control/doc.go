// Package control holds the use cases: read the head, decide, append, and read
// again when somebody else was first; and the four steps of a sync, fetch,
// validate, go live and finish, each from plain JSON to plain JSON. It declares
// the ports that stores, blobs and Git remotes adapt to.
//
// Decisions themselves are package slipway's. What is done here is safe to do
// twice: ids are decided before writes, and every write of a step is fenced.
package control
