// Package gittest gives tests real Git: repositories that are built without any
// Git program (NewRepo), and servers on 127.0.0.1 that run the git program. One
// speaks smart HTTP (Serve), with passwords, hangs, broken connections and
// redirects; one speaks ssh (ServeSSH), with keys of users and hosts (NewKey),
// hangs and broken connections. Where git is not installed, a test that serves
// is skipped.
package gittest
