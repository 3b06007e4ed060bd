package place

import (
	"context"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Place is where blobs are, as a person knows it, and what helps there.
type Place struct {
	name                 string
	full, denied, broken string
}

// Folder is a folder of this machine.
func Folder(dir string) Place {
	return Place{
		name:   dir,
		full:   "free some space on that disk; nothing that was stored is lost",
		denied: "give the user that runs Slipway the right to read and write the folder and all in it",
		broken: "look at that the folder is there and the disk is well",
	}
}

// Bucket is a bucket of S3.
func Bucket(name string) Place {
	return Place{
		name:   "the bucket " + name,
		full:   "try again in a moment; nothing that was stored is lost",
		denied: "give the role that Slipway runs as the right to list the bucket and to read and write in it",
		broken: "look at that the bucket is there and its service is well, and try again",
	}
}

// Trouble is what keeps a place from doing what it is asked.
type Trouble int

// The troubles.
const (
	Broken Trouble = iota
	Denied
	Full
)

// Fault is err, met while doing op, as the port speaks of it: Unavailable. The end
// of a context stays what it is.
func (p Place) Fault(ctx context.Context, op string, err error, what Trouble) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", op, ended)
	}
	switch what {
	case Full:
		return fault.Wrap(err, fault.Unavailable, "blobs-full", "there is no room for blobs in %s", p.name).WithHint("%s", p.full)
	case Denied:
		return fault.Wrap(err, fault.Unavailable, "blobs-read-only", "the blobs in %s cannot be read or written", p.name).WithHint("%s", p.denied)
	default:
		return fault.Wrap(err, fault.Unavailable, "blobs-io", "the blobs in %s do not answer as they should", p.name).WithHint("%s", p.broken)
	}
}
