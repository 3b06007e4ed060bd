// Command hello is the least that a function in Go can be: it gives every request
// of API Gateway the same answer. It is built and started beside Slipway's
// functions, to say what of their start is Go's and Lambda's library's own.
package main
