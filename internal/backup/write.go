package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Store is an open store.
type Store interface {
	control.Store
	io.Closer
}

// Source is what a back-up is made of.
type Source struct {
	// Copy writes the database as it is at one moment into a new file.
	Copy func(ctx context.Context, path string) error
	// Open opens such a copy.
	Open  func(ctx context.Context, path string) (Store, error)
	Blobs control.Blobs
	Now   func() time.Time
}

// copyTries is how often the database is copied anew because blobs that the copy
// needs have gone meanwhile.
const copyTries = 3

// Write writes a back-up to out, with dir for what lies between. It gives the
// manifest. The database is copied first and the blobs after: what a pruner
// takes meanwhile was marked days before, or is needed by the copy no more than
// by a newer one, which is then taken instead.
func (s Source) Write(ctx context.Context, out io.Writer, dir string) (Manifest, error) {
	path := filepath.Join(dir, databaseName)
	m := Manifest{Format: Format, Blobs: []Item{}, Missing: []Item{}}
	for tries := 1; ; tries++ {
		m.At = s.Now().UTC()
		if err := s.Copy(ctx, path); err != nil {
			return m, fmt.Errorf("copy database: %w", err)
		}
		items, err := s.read(ctx, path)
		if err != nil {
			return m, err
		}
		m.Blobs, m.Missing, err = s.present(ctx, items)
		if err != nil {
			return m, err
		}
		if len(m.Missing) == 0 || tries == copyTries {
			break
		}
	}
	err := s.pack(ctx, out, path, &m)
	return m, err
}

func (s Source) read(ctx context.Context, path string) (items []Item, err error) {
	store, err := s.Open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open copy: %w", err)
	}
	items, err = needed(ctx, store)
	if cerr := store.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close copy: %w", cerr)
	}
	return items, err
}

// present tells what is stored whole from what is not.
func (s Source) present(ctx context.Context, items []Item) (there, missing []Item, err error) {
	there, missing = []Item{}, []Item{}
	for _, item := range items {
		data, err := s.Blobs.Content(ctx, item.Kind, item.Digest)
		switch {
		case err == nil:
			item.Size = int64(len(data))
			there = append(there, item)
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
			missing = append(missing, item)
		default:
			return nil, nil, fmt.Errorf("read %s: %w", item.name(), err)
		}
	}
	return there, missing, nil
}

// pack writes the file; the manifest is last.
func (s Source) pack(ctx context.Context, out io.Writer, path string, m *Manifest) error {
	z := zip.NewWriter(out)
	if err := addDatabase(z, path, m); err != nil {
		return writing(err)
	}
	for _, item := range m.Blobs {
		data, err := s.Blobs.Content(ctx, item.Kind, item.Digest)
		if err != nil {
			return fmt.Errorf("read %s: %w", item.name(), err)
		}
		if err := addBytes(z, item.name(), data, m.At); err != nil {
			return writing(err)
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "bad-record", "the manifest cannot be written as JSON")
	}
	if err := addBytes(z, manifestName, text, m.At); err != nil {
		return writing(err)
	}
	return writing(z.Close())
}

func addDatabase(z *zip.Writer, path string, m *Manifest) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it is only read
	w, err := create(z, databaseName, m.At)
	if err != nil {
		return err
	}
	h := sha256.New()
	m.Database.Size, err = io.Copy(io.MultiWriter(w, h), f)
	m.Database.Digest = digestPrefix + hex.EncodeToString(h.Sum(nil))
	return err
}

func addBytes(z *zip.Writer, name string, data []byte, at time.Time) error {
	w, err := create(z, name, at)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func create(z *zip.Writer, name string, at time.Time) (io.Writer, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at}
	h.SetMode(0o600)
	return z.CreateHeader(h)
}

// writing translates what the file's disk says.
func writing(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.Unavailable, "backup-not-written", "the back-up cannot be written").
		WithHint("look whether its disk has room and its folder can be written to")
}
