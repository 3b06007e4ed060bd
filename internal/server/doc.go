// Package server is the whole plane in one process: it listens, does the work
// that requests and the clock ask for, and stops without cutting anything off.
// What it serves and what it does are handed to it; a main wires them.
package server
