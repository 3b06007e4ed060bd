// Package gittest gives tests real Git: repositories that are built without any
// Git program (NewRepo), and a server that speaks smart HTTP on 127.0.0.1 by
// running git http-backend (Serve), with passwords, hangs, broken connections
// and redirects. Where git is not installed, a test that serves is skipped.
package gittest
