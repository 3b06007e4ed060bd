// Package bundle makes one script of a workflow file and everything it imports,
// with esbuild. It is the Bundler of package check.
//
// It reads the snapshot and nothing else: every import is resolved here, links
// are followed here, and esbuild itself never sees a disk. The only package is
// our own @kinde/infrastructure, in infrastructure.ts. The same files give the
// same bytes on every machine, whatever else is bundled beside them.
//
// It also finds the free names of a script: what the code that is really
// reached uses and nothing in it declares.
package bundle
