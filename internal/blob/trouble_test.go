package blob

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/slipway-dev/slipway/internal/blob/place"
	"github.com/slipway-dev/slipway/internal/fault"
)

// TestTranslate gives the errors that a disk has, which a test cannot make as
// every user and on every machine.
func TestTranslate(t *testing.T) {
	b := &Blobs{place: place.Folder("/data/blobs")}
	for code, cause := range map[string]error{
		"blobs-full":      syscall.ENOSPC,
		"blobs-read-only": syscall.EROFS,
		"blobs-io":        syscall.EIO,
	} {
		err := b.translate(t.Context(), "put blob", fmt.Errorf("blob (key %q): %w", "k", &fs.PathError{Op: "write", Path: "p", Err: cause}))
		if !fault.Is(err, fault.Unavailable) || fault.CodeOf(err) != code || fault.Of(err).Hint == "" {
			t.Errorf("%v gives %v (%s), want %s with a hint", cause, err, fault.CodeOf(err), code)
		}
	}
	if err := b.translate(t.Context(), "put blob", fmt.Errorf("open: %w", os.ErrPermission)); fault.CodeOf(err) != "blobs-read-only" {
		t.Errorf("a missing right gives %v", err)
	}
	if b.translate(t.Context(), "put blob", nil) != nil {
		t.Error("no error gives a fault")
	}
}
