// Package client does over HTTP what package control does on a store: its
// methods are the use cases, their answers are control's views, and a refusal
// is the fault that the server answered with. docs/spec/http.md is the contract.
//
// A write carries an idempotency key of its own, and is tried again with the
// same key while its answer is lost or the server is busy with it, so that
// nothing is done twice. The token goes in one header to one host, and stands in
// no fault. What a server would refuse for its form alone is refused here, with
// control's own fault.
package client
