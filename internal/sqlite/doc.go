// Package sqlite is the store of a laptop or a small server: every port of
// control.Store over one SQLite file, which several processes may use at once.
//
// A write is one transaction that takes the write lock at its start, so what it
// reads stays true until it commits, and it is on the disk before the caller
// hears of it. Each record is a JSON document beside the key columns that find
// it; every list is read in the order of an index. What SQLite says of itself
// is translated to faults in one place, fault.go.
package sqlite
