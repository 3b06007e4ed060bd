package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

const (
	maxManifest = 64 << 20
	maxBlob     = 512 << 20
)

// Read opens the back-up at path, writes its database to the new file at
// database and its blobs into blobs, and gives its manifest. Everything is
// compared with its digest: Invalid ("bad-backup") where anything is cut off,
// damaged or missing, Invalid ("backup-newer") for a format of later.
func Read(ctx context.Context, path, database string, blobs control.Blobs) (m Manifest, err error) {
	z, err := zip.OpenReader(path)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return m, fault.Wrap(err, fault.NotFound, "unknown-backup", "the back-up %s cannot be read", path).WithHint("name a file that backup wrote")
	}
	if err != nil {
		return m, damaged(err, "it is no whole zip file")
	}
	defer z.Close() //nolint:errcheck // it is only read
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[f.Name] = f
	}
	if m, err = readManifest(files); err != nil {
		return m, err
	}
	if err := readDatabase(files, m.Database, database); err != nil {
		return m, err
	}
	for _, item := range m.Blobs {
		if err := readBlob(ctx, files, item, blobs); err != nil {
			return m, err
		}
	}
	return m, nil
}

func readManifest(files map[string]*zip.File) (m Manifest, err error) {
	text, err := readFile(files, manifestName, maxManifest)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, damaged(err, "its manifest cannot be read")
	}
	if m.Format > Format {
		return m, fault.New(fault.Invalid, "backup-newer", "the back-up has format %d, and this slipway knows up to %d", m.Format, Format).
			WithHint("use the newer slipway that wrote it")
	}
	return m, nil
}

func readDatabase(files map[string]*zip.File, item Item, path string) (err error) {
	f, ok := files[databaseName]
	if !ok {
		return damaged(nil, "it has no database")
	}
	r, err := f.Open()
	if err != nil {
		return damaged(err, "its database cannot be read")
	}
	defer r.Close()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return recovering(err)
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(fileWriter{out}, h), io.LimitReader(r, item.Size+1))
	if cerr := errors.Join(out.Sync(), out.Close()); cerr != nil {
		return recovering(cerr)
	}
	if _, ours := errors.AsType[*fault.Fault](err); ours {
		return err
	}
	if err != nil || n != item.Size || digestPrefix+hex.EncodeToString(h.Sum(nil)) != item.Digest {
		return damaged(err, "its database is not what its manifest says")
	}
	return nil
}

// fileWriter tells the disk's faults from the back-up's.
type fileWriter struct{ f *os.File }

func (w fileWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		err = recovering(err)
	}
	return n, err
}

func readBlob(ctx context.Context, files map[string]*zip.File, item Item, blobs control.Blobs) error {
	if item.Kind != bundles && item.Kind != snapshots {
		return damaged(nil, fmt.Sprintf("it has blobs of the unknown kind %q", item.Kind))
	}
	data, err := readFile(files, item.name(), maxBlob)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	if digestPrefix+hex.EncodeToString(sum[:]) != item.Digest {
		return damaged(nil, item.name()+" is not what its name says")
	}
	if _, err := blobs.PutContent(ctx, item.Kind, data); err != nil {
		return fmt.Errorf("write %s: %w", item.name(), err)
	}
	return nil
}

func readFile(files map[string]*zip.File, name string, most int64) ([]byte, error) {
	f, ok := files[name]
	if !ok {
		return nil, damaged(nil, "it has no "+name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(err, name+" cannot be read")
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil || int64(len(data)) > most {
		return nil, damaged(err, name+" cannot be read")
	}
	return data, nil
}

func damaged(cause error, what string) error {
	return fault.Wrap(cause, fault.Invalid, "bad-backup", "the back-up is damaged: %s", what).
		WithHint("use another copy of it, or an older back-up; nothing was recovered")
}

func recovering(err error) error {
	return fault.Wrap(err, fault.Unavailable, "not-recovered", "the store cannot be written").
		WithHint("look whether its disk has room and its folder can be written to")
}
