package blob

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"gocloud.dev/gcerrors"

	"github.com/slipway-dev/slipway/internal/blob/place"
)

// translate gives err, met while doing op, as the port speaks of it. The end of
// a context stays what it is.
func (b *Blobs) translate(ctx context.Context, op string, err error) error {
	return b.place.Fault(ctx, op, err, troubleOf(err))
}

func troubleOf(err error) place.Trouble {
	switch code := gcerrors.Code(err); {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), code == gcerrors.ResourceExhausted:
		return place.Full
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), code == gcerrors.PermissionDenied:
		return place.Denied
	}
	return place.Broken
}

// isAbsent reports whether err says that there is no such blob. A name below
// another blob's is one that a folder cannot have.
func isAbsent(err error) bool {
	return gcerrors.Code(err) == gcerrors.NotFound || errors.Is(err, syscall.ENOTDIR)
}
