// Package examples is a small, good workflow repository: what "slipway demo"
// syncs, and what a new repository can start from. README.md says what each
// file is for.
package examples

import "embed"

// Files are the repository's files.
//
//go:embed README.md kinde.json package.json tsconfig.json kindeSrc
var Files embed.FS
