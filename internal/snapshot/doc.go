// Package snapshot holds the files of one commit, in memory and immutable: a
// file system (fs.FS) whose symbolic links are followed only while they stay
// inside it. A snapshot comes from a Builder, from a folder on disk (FromDir)
// or from the bytes it was packed into (Unpack); Pack and Digest make it a blob.
//
// Everything called .git or node_modules, at any level, is left out and counts
// towards no limit. The limits are enforced while a snapshot is built, so that
// nothing is ever held far past them. A snapshot knows no times.
package snapshot
