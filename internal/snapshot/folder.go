package snapshot

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/slipway-dev/slipway/internal/fault"
)

// FromDir takes a snapshot of a plain folder as it is on disk now. It reads
// nothing outside of it: symbolic links are recorded as links, and a file that
// is replaced by a link to elsewhere while it reads is refused. What is neither
// file, folder nor link (a socket, a device) is skipped and recorded.
//
// Faults: NotFound folder-not-found; Invalid not-a-folder, folder-unreadable,
// repository-too-large. A context that ends gives its error.
func FromDir(ctx context.Context, dir string, limits Limits) (*Snapshot, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.NotFound, "folder-not-found", "there is no folder %s", dir)
	case err != nil:
		return nil, unreadable(err, dir)
	case !info.IsDir():
		return nil, fault.New(fault.Invalid, "not-a-folder", "%s is not a folder", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unreadable(err, dir)
	}
	defer func() { _ = root.Close() }()
	f := folder{ctx: ctx, root: root, files: root.FS(), builder: NewBuilder(limits)}
	if err := fs.WalkDir(f.files, ".", f.visit); err != nil {
		return nil, err
	}
	return f.builder.Snapshot(), nil
}

// folder is one reading of a folder on disk.
type folder struct {
	ctx     context.Context
	root    *os.Root
	files   fs.FS
	builder *Builder
}

func (f *folder) visit(name string, entry fs.DirEntry, err error) error {
	switch {
	case f.ctx.Err() != nil:
		return f.ctx.Err()
	case name != "." && LeftOut(path.Base(name)):
		if entry != nil && entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	case err != nil:
		return unreadable(err, name)
	case entry.IsDir():
		return nil
	case entry.Type() == fs.ModeSymlink:
		target, err := f.root.Readlink(name)
		if err != nil {
			return unreadable(err, name)
		}
		return f.builder.AddOrSkip(name, fs.ModeSymlink, []byte(target))
	case !entry.Type().IsRegular():
		return f.builder.skip(name, "is neither a file, a folder nor a symbolic link")
	}
	return f.read(name)
}

func (f *folder) read(name string) error {
	file, err := f.root.Open(name)
	if err != nil {
		return unreadable(err, name)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return unreadable(err, name)
	}
	room := f.builder.Room()
	if info.Size() > room {
		return f.builder.limits.TooManyBytes(f.builder.bytes + info.Size())
	}
	data, err := readAll(file, info.Size(), room)
	if err != nil {
		return unreadable(err, name)
	}
	return f.builder.AddOrSkip(name, info.Mode(), data)
}

// readAll reads what is expected to be size bytes, and at most one byte more
// than room, which the builder then refuses.
func readAll(r io.Reader, size, room int64) ([]byte, error) {
	data := make([]byte, size)
	n, err := io.ReadFull(r, data)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return data[:n:n], nil
	}
	if err != nil {
		return nil, err
	}
	more, err := io.ReadAll(io.LimitReader(r, room-size+1))
	if len(more) == 0 || err != nil {
		return data, err
	}
	return append(data, more...), nil
}

func unreadable(cause error, name string) error {
	return fault.Wrap(cause, fault.Invalid, "folder-unreadable", "%s cannot be read", name).
		WithHint("check its permissions")
}
