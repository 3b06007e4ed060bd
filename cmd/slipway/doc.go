// Command slipway is the control plane in one program, with an embedded store:
// it syncs environments from Git, shows what is live and why, and lets a person
// move it, there or on a server.
//
// main.go parses and runs; operations.go has what commands do, local.go and
// wire.go do it on a store in a folder, server.go on a server; output.go and
// table.go hold all that is printed; every command has a file of its own. With
// --json, stdout is one JSON document and everything else goes to stderr. Exit
// status: 0 done, 1 refused or failed, 2 wrong use.
package main
