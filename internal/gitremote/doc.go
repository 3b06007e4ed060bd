// Package gitremote reads Git repositories: the tip of a branch, and the files
// of its newest commit as a snapshot. It speaks smart HTTP, and reads local
// repositories itself, without any Git program. It writes nothing to disk and
// reads no configuration of the machine but HTTPS_PROXY and its kin.
//
// Credentials come by reference from the operator's configuration. Each is
// bound to a host, is sent there alone, never after a redirect to another host
// or from https to http, and appears in no fault and no log. What a server
// sends is bounded by the snapshot's limits while it arrives.
package gitremote
