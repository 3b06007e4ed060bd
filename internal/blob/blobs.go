package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"github.com/slipway-dev/slipway/internal/blob/place"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Blobs is a control.Blobs over one bucket or folder. It is safe for use by
// several goroutines, and by several processes.
type Blobs struct {
	place.Reader
	bucket *blob.Bucket
	place  place.Place
	// settle makes what was stored under key survive a power cut, where the
	// bucket does not do so by itself.
	settle func(key string) error
	// conditional writers take a free place only while it is free. A folder needs
	// that not: there a blob appears whole, and twice the same bytes are the same.
	conditional bool
}

var _ control.Blobs = (*Blobs)(nil)

// OpenDir opens the blobs in a folder, which it makes if it is not there.
func OpenDir(dir string) (*Blobs, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	b := &Blobs{place: place.Folder(dir), settle: newLasting(dir).settle}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, b.translate(context.Background(), "make folder", err)
	}
	b.bucket, err = fileblob.OpenBucket(dir, &fileblob.Options{
		CreateDir:   true,
		DirFileMode: 0o700,
		// A file is written beside its place and then renamed: a folder for
		// temporary files may be on another disk, where renaming fails.
		NoTempDir: true,
		Metadata:  fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, b.translate(context.Background(), "open blobs", err)
	}
	b.Reader = place.From(source{b})
	return b, nil
}

// Close ends the use of the bucket.
func (b *Blobs) Close() error {
	if err := b.bucket.Close(); err != nil {
		return fmt.Errorf("close blobs: %w", err)
	}
	return nil
}

// PutContent implements control.Blobs. A copy that is marked is not counted on:
// the content is put in the other place.
func (b *Blobs) PutContent(ctx context.Context, kind string, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	digest := place.DigestPrefix + hex.EncodeToString(sum[:])
	key, err := place.Key(kind, digest)
	if err != nil {
		return "", err
	}
	free, damaged := "", false // the first place without a mark
	for _, at := range place.Copies(key) {
		marked, err := b.isMarked(ctx, at) // before the copy is looked at, see sweep.go
		if err != nil {
			return "", b.translate(ctx, "look for mark", err)
		}
		if marked {
			continue
		}
		there, stored, err := b.has(ctx, at, sum, int64(len(data)))
		if err != nil {
			return "", b.translate(ctx, "look at content", err)
		}
		if stored { // perhaps by a writer that is not done making it last
			return digest, b.translate(ctx, "put content", b.settle(at))
		}
		if free == "" {
			free, damaged = at, there
		}
	}
	if free == "" {
		return "", fault.New(fault.Unavailable, "blobs-leaving", "both copies of %s are about to be deleted", digest).
			WithHint("prune, and then do this again")
	}
	err = b.write(ctx, free, data, b.conditional && !damaged)
	if err != nil && b.conditional && ctx.Err() == nil {
		// Another writer of the same bytes may have been first.
		if _, stored, lookErr := b.has(ctx, free, sum, int64(len(data))); lookErr == nil && stored {
			return digest, nil
		}
	}
	return digest, b.translate(ctx, "put content", err)
}

// Put implements control.Blobs.
func (b *Blobs) Put(ctx context.Context, name string, data []byte) error {
	if err := place.CheckName(name); err != nil {
		return err
	}
	return b.translate(ctx, "put blob", b.write(ctx, name, data, false))
}

// source is what the blobs are read from.
type source struct{ *Blobs }

var _ place.Source = source{}

// Read implements place.Source.
func (s source) Read(ctx context.Context, key string) ([]byte, error) {
	data, err := s.bucket.ReadAll(ctx, key)
	if isAbsent(err) && ctx.Err() == nil {
		return nil, place.Unknown(key)
	}
	return data, s.translate(ctx, "read blob", err)
}

// has reports whether there is a blob at key, and whether it is size bytes with
// this sum. It reads them only when there are so many.
func (b *Blobs) has(ctx context.Context, key string, sum [sha256.Size]byte, size int64) (there, matches bool, err error) {
	r, err := b.bucket.NewReader(ctx, key, nil)
	if isAbsent(err) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	if r.Size() != size {
		return true, false, r.Close()
	}
	h := sha256.New()
	_, err = io.Copy(h, r)
	return true, [sha256.Size]byte(h.Sum(nil)) == sum, errors.Join(err, r.Close())
}

// write stores data under key, whole or not at all: in place of what is there,
// or, if it is to be the first, only where nothing is.
func (b *Blobs) write(ctx context.Context, key string, data []byte, first bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var file *os.File // of a folder; a bucket has none
	w, err := b.bucket.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: "application/octet-stream", // else the first bytes would be held back to guess it
		IfNotExist:  first,
		BeforeWrite: func(as func(any) bool) error {
			if as(&file) {
				return file.Chmod(0o600)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	if err == nil && file != nil {
		err = file.Sync() // before it is renamed, so that its name never stands for half of it
	}
	if err != nil {
		cancel() // a writer that is closed after its context has ended drops what it has
		return errors.Join(err, ignoreCanceled(w.Close()))
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.settle(key)
}

func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) || gcerrors.Code(err) == gcerrors.Canceled {
		return nil
	}
	return err
}
