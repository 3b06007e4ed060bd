package snapshot

import "github.com/slipway-dev/slipway/internal/fault"

// Limits bound one snapshot. A limit of zero or less allows nothing.
type Limits struct {
	Bytes int64 // the sizes of all files and link targets, added up
	Files int   // files, links, submodules and skipped entries; folders count apart
}

// DefaultLimits are 256 MiB and 50,000 files.
func DefaultLimits() Limits { return Limits{Bytes: 256 << 20, Files: 50_000} }

// The bounds that follow from the file limit keep a hostile tree from being
// all folders or all names. No ordinary repository comes near them.

// Folders is how many folders a snapshot may have.
func (l Limits) Folders() int { return 4*l.Files + 4*maxElements }

func (l Limits) pathBytes() int64 { return 256*int64(l.Files) + 1<<20 }

const tooLargeHint = "take large or generated files out of the repository. " +
	".git and node_modules do not count."

// TooManyBytes is the fault for a repository whose files reach this many bytes.
func (l Limits) TooManyBytes(reached int64) *fault.Fault {
	return fault.New(fault.Invalid, "repository-too-large",
		"the repository's files reach at least %d bytes; the limit is %d bytes", reached, l.Bytes).
		WithHint(tooLargeHint)
}

// TooManyFiles is the fault for a repository that reaches this many files.
func (l Limits) TooManyFiles(reached int) *fault.Fault {
	return fault.New(fault.Invalid, "repository-too-large",
		"the repository reaches at least %d files; the limit is %d files", reached, l.Files).
		WithHint(tooLargeHint)
}

// TooManyFolders is the fault for a repository that reaches this many folders.
func (l Limits) TooManyFolders(reached int) *fault.Fault {
	return fault.New(fault.Invalid, "repository-too-large",
		"the repository reaches at least %d folders; the limit of %d files allows %d folders", reached, l.Files, l.Folders()).
		WithHint(tooLargeHint)
}

func (l Limits) namesTooLong(reached int64) *fault.Fault {
	return fault.New(fault.Invalid, "repository-too-large",
		"the repository's paths reach at least %d bytes; the limit of %d files allows %d bytes of paths", reached, l.Files, l.pathBytes()).
		WithHint(tooLargeHint)
}
