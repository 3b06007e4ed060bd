// Package bucket opens the blobs of a function that writes them, through
// gocloud.dev/blob. What only reads them does without this package, and stays
// small.
package bucket
