// Package lambdaevent tells apart what a function is invoked by: an HTTP request
// (API Gateway, payload 2.0), the clock, a task of the state machine, or a plan
// that another function leaves to it. It gives requests to a net/http handler and
// its answers back, and errors under the names that the state machine retries and
// catches. It knows nothing of what is done with any of them.
package lambdaevent
