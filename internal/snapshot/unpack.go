package snapshot

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Unpack reads what Pack wrote. It trusts nothing in data: sizes that are not
// true, names that lead out, and entries that share their bytes are refused,
// and neither memory nor time goes far past the limits. The snapshot does not
// keep data.
//
// Faults: Invalid snapshot-corrupt, bad-path, repository-too-large.
func Unpack(data []byte, limits Limits) (*Snapshot, error) {
	archive, err := openZip(data, limits)
	if err != nil {
		return nil, err
	}
	u := unpacker{builder: NewBuilder(limits), packed: int64(len(data))}
	for _, file := range archive.File {
		if err := u.add(file); err != nil {
			return nil, err
		}
	}
	return u.builder.Snapshot(), nil
}

// entryOverhead is what a zip's directory holds of one entry besides its path.
const entryOverhead = 46 + 32

// maxHash is the length of the longest hash Git has, in hexadecimal.
const maxHash = 64

// openZip reads the directory of a zip, and no more of it than a snapshot of
// this size can have.
func openZip(data []byte, limits Limits) (*zip.Reader, error) {
	budget := limits.pathBytes() + entryOverhead*int64(limits.Files) + 1<<17
	source := &budgetReader{at: bytes.NewReader(data), left: budget}
	archive, err := zip.NewReader(source, int64(len(data)))
	switch {
	case errors.Is(err, errBudget):
		return nil, limits.TooManyFiles(limits.Files + 1)
	case err != nil:
		return nil, corrupt(err)
	case len(archive.File) > limits.Files:
		return nil, limits.TooManyFiles(len(archive.File))
	}
	source.left = -1
	return archive, nil
}

var errBudget = errors.New("the zip's directory is longer than a snapshot's can be")

// budgetReader gives out so many bytes and then an error; less than zero left
// is without a bound.
type budgetReader struct {
	at   io.ReaderAt
	left int64
}

func (r *budgetReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.at.ReadAt(p, off)
	if r.left < 0 {
		return n, err
	}
	if r.left -= int64(n); r.left < 0 {
		r.left = 0
		return 0, errBudget
	}
	return n, err
}

type unpacker struct {
	builder *Builder
	packed  int64 // bytes of the zip that no entry has claimed yet
}

func (u *unpacker) add(file *zip.File) error {
	mode, gitlink, ok := modeOf(&file.FileHeader)
	if !ok {
		return corrupt(fmt.Errorf("%q has mode %o", file.Name, file.ExternalAttrs>>16))
	}
	if gitlink && file.UncompressedSize64 > maxHash {
		return corrupt(fmt.Errorf("%q is a submodule without a hash", file.Name))
	}
	data, err := u.read(file)
	if err != nil {
		return err
	}
	if gitlink {
		return u.builder.AddSubmodule(file.Name, string(data))
	}
	return u.builder.Add(file.Name, mode, data)
}

// read inflates one entry. What it claims is checked before anything is
// reserved for it: deflate cannot grow bytes more than 1,032 times.
func (u *unpacker) read(file *zip.File) ([]byte, error) {
	const growth = 1032
	size, packed := file.UncompressedSize64, file.CompressedSize64
	room := u.builder.Room()
	switch {
	case packed > uint64(u.packed):
		return nil, corrupt(fmt.Errorf("%q shares its bytes with another entry", file.Name))
	case size > uint64(max(room, 0)):
		return nil, u.builder.limits.TooManyBytes(u.builder.bytes + int64(min(size, 1<<60)))
	case size > packed*growth:
		return nil, corrupt(fmt.Errorf("%q claims more bytes than it can hold", file.Name))
	}
	u.packed -= int64(packed)
	in, err := file.Open()
	if err != nil {
		return nil, corrupt(err)
	}
	defer func() { _ = in.Close() }()
	data := make([]byte, size)
	if _, err := io.ReadFull(in, data); err != nil {
		return nil, corrupt(err)
	}
	// The end of the entry is where its checksum is compared.
	if n, err := in.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return nil, corrupt(errors.Join(fmt.Errorf("%q is not what it says", file.Name), err))
	}
	return data, nil
}

func corrupt(cause error) error {
	return fault.Wrap(cause, fault.Invalid, "snapshot-corrupt", "the stored snapshot cannot be read").
		WithHint("sync the environment again")
}
