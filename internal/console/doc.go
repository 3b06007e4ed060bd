// Package console is the web console: pages made on the server, which work
// without JavaScript and are better with a little. It reads and commands through
// package control alone. A page is a route in routes.go, a function that gives its
// model, and a template in pages; what every page goes through (sign-in, role,
// CSRF token, headers, entity tag, errors) is in console.go and answer.go.
package console
