// Package api is the HTTP edge: the operations of docs/spec/http.md over
// control's use cases, in groups that a server mounts together or a function
// alone. It translates requests, faults and roles, and decides nothing.
package api
