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
			WithHint("free some space on that disk; nothing that was stored is lost")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), code == gcerrors.PermissionDenied:
		return fault.Wrap(err, fault.Unavailable, "blobs-read-only", "the blobs in %s cannot be read or written", b.place).
			WithHint("give the user that runs Slipway the right to read and write the folder and all in it")
	}
	return fault.Wrap(err, fault.Unavailable, "blobs-io", "the blobs in %s do not answer as they should", b.place).
		WithHint("look at that the folder is there and the disk is well")
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
