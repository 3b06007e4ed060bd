// Package backup writes a store into one file and makes a store of one again.
//
// The file is a zip: the database as it was at one moment, the blobs that its
// records need, and at its end a manifest with the digest of each. Whatever was
// cut off or changed is found before anything is believed.
package backup
