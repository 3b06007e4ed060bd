// Package blob keeps bytes behind control.Blobs through gocloud.dev/blob: in a
// folder or in a bucket with the same code.
//
// Content is stored under kind/sha256/hex, the digest of its own bytes, and is
// checked against it on every read, so bytes that a disk or a person damaged
// count as absent and are put again by the next writer. A blob appears whole or
// not at all, and is on the disk before the writer hears of it.
package blob
