// Package gitremote reads Git repositories: the tip of a branch, and the files
// of its newest commit as a snapshot. It speaks smart HTTP and ssh, and reads
// local repositories itself, with no program but itself. It writes nothing to
// disk, and of the machine's configuration reads HTTPS_PROXY and its kin alone.
//
// Credentials come by reference from the operator's configuration. Each is
// bound to a host, goes there alone, never on a redirect to another host or
// from https to http, and appears in no fault and no log. A host behind ssh
// first has to show a key that the credential knows. What a server sends is
// bounded by the snapshot's limits while it arrives.
package gitremote
