// Package functiontest is a world for the tests of functions: a store, blobs and a
// repository as the local program has them, and a fake of the three services that
// functions call, which answers the AWS SDK over HTTP. It gives a function its
// events, the sample beside it first.
package functiontest
