// Package lean reads blobs in a bucket of S3 by its client alone. What writes and
// prunes them does so through gocloud.dev/blob, which brings gRPC and more than
// doubles a program that links it; a function that only reads has this.
package lean
