// Package consoletest is a site for the tests of the console: a control plane on a
// real store, with a real repository and a runner, served at an address of its own
// (New), whose clock a test moves on (Later) and whose syncs it stops halfway
// (Stop). A Visitor is a browser without JavaScript: it keeps cookies and sends the
// forms of its pages. The package's own tests drive a real browser through the
// same site; they are skipped where there is none.
package consoletest
