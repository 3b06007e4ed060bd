package snapshot

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// The file types of Unix, as a zip entry's attributes hold them.
const (
	unixType    = 0o170000
	unixFile    = 0o100000
	unixLink    = 0o120000
	unixGitlink = 0o160000
)

// Files below this size are stored as they are: deflating gains nothing.
const storeBelow = 128

// creatorUnix is the "made by" byte that makes readers take attributes as Unix modes.
const creatorUnix = 3 << 8

// Pack returns the snapshot as the bytes of a zip file. The same files give the
// same bytes: entries are sorted by path and have no times; modes, links and
// submodules are kept, skipped entries are not. Compression is the fastest
// there is, so that packing costs less than the fetch before it.
func (s *Snapshot) Pack() ([]byte, error) {
	var out bytes.Buffer
	p := packer{zip: zip.NewWriter(&out)}
	p.zip.RegisterCompressor(zip.Deflate, p.deflate)
	if err := p.folder("", s.root); err != nil {
		return nil, fmt.Errorf("pack snapshot: %w", err)
	}
	for _, sub := range s.submodules {
		if err := p.entry(sub.Path, unixGitlink, []byte(sub.Commit)); err != nil {
			return nil, fmt.Errorf("pack snapshot: %w", err)
		}
	}
	if err := p.zip.Close(); err != nil {
		return nil, fmt.Errorf("pack snapshot: %w", err)
	}
	return out.Bytes(), nil
}

// Digest names bytes by their content: "sha256:" and 64 hexadecimal digits.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// packer writes one zip. It has one compressor, as entries come one at a time.
type packer struct {
	zip        *zip.Writer
	compressor *flate.Writer
}

func (p *packer) folder(prefix string, n *node) error {
	for _, kid := range n.sorted {
		name := path.Join(prefix, kid.name)
		var err error
		switch {
		case kid.IsDir():
			err = p.folder(name, kid)
		case kid.isLink():
			err = p.entry(name, unixLink|0o777, kid.data)
		default:
			err = p.entry(name, unixFile|uint32(kid.mode.Perm()), kid.data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *packer) entry(name string, mode uint32, data []byte) error {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, CreatorVersion: creatorUnix, ExternalAttrs: mode << 16}
	if len(data) < storeBelow {
		header.Method = zip.Store
	}
	w, err := p.zip.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func (p *packer) deflate(w io.Writer) (io.WriteCloser, error) {
	if p.compressor != nil {
		p.compressor.Reset(w)
		return p.compressor, nil
	}
	var err error
	p.compressor, err = flate.NewWriter(w, flate.BestSpeed)
	return p.compressor, err
}

// modeOf is the mode that a zip entry's attributes stand for; ok is false for
// what Pack does not write, and gitlink is true for a submodule.
func modeOf(header *zip.FileHeader) (mode fs.FileMode, gitlink, ok bool) {
	unix := header.ExternalAttrs >> 16
	switch unix & unixType {
	case unixFile:
		return fs.FileMode(unix & 0o777), false, true
	case unixLink:
		return fs.ModeSymlink, false, true
	case unixGitlink:
		return 0, true, true
	}
	return 0, false, false
}
