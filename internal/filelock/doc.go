// Package filelock gives locks that are files in a folder. The operating system
// frees a lock when the process that holds it dies, however it dies: a lock that
// is free proves that nobody on this machine holds it. It is control's Locks.
package filelock
