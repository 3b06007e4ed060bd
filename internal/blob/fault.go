package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"gocloud.dev/gcerrors"

	"github.com/slipway-dev/slipway/internal/fault"
)

// translate gives err, met while doing op, as the port speaks of it. The end of
// a context stays what it is.
func (b *Blobs) translate(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", op, ended)
	}
	switch code := gcerrors.Code(err); {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), code == gcerrors.ResourceExhausted:
		return fault.Wrap(err, fault.Unavailable, "blobs-full", "there is no room for blobs in %s", b.place).
			WithHint("%s", b.advice.full)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), code == gcerrors.PermissionDenied:
		return fault.Wrap(err, fault.Unavailable, "blobs-read-only", "the blobs in %s cannot be read or written", b.place).
			WithHint("%s", b.advice.denied)
	}
	return fault.Wrap(err, fault.Unavailable, "blobs-io", "the blobs in %s do not answer as they should", b.place).
		WithHint("%s", b.advice.broken)
}

// advice is what helps where blobs are kept.
type advice struct{ full, denied, broken string }

func ofFolder() advice {
	return advice{
		full:   "free some space on that disk; nothing that was stored is lost",
		denied: "give the user that runs Slipway the right to read and write the folder and all in it",
		broken: "look at that the folder is there and the disk is well",
	}
}

func ofBucket() advice {
	return advice{
		full:   "try again in a moment; nothing that was stored is lost",
		denied: "give the role that Slipway runs as the right to list the bucket and to read and write in it",
		broken: "look at that the bucket is there and its service is well, and try again",
	}
}

func (b *Blobs) translateRead(ctx context.Context, key string, err error) error {
	if isAbsent(err) && ctx.Err() == nil {
		return unknownBlob(key)
	}
	return b.translate(ctx, "read blob", err)
}

// isAbsent reports whether err says that there is no such blob. A name below
// another blob's is one that a folder cannot have.
func isAbsent(err error) bool {
	return gcerrors.Code(err) == gcerrors.NotFound || errors.Is(err, syscall.ENOTDIR)
}
