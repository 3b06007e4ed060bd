// Package acceptance is the product as its users have it: scenarios over HTTP
// alone, against a Target, which is a server in this process or, with
// SLIPWAY_TARGET, a deployed stack. A scenario makes a repository and an
// environment of its own, so that they run on a target with other data too.
package acceptance
