package gitremote

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// A pack may hold more than the snapshot will: trees, and the files of
// node_modules, which count towards no limit but travel all the same.
func maxPack(l snapshot.Limits) int64  { return 2*l.Bytes + 16<<20 }
func maxObjects(l snapshot.Limits) int { return 10*l.Files + 1000 }

func transferTooLarge(l snapshot.Limits) error {
	return fault.New(fault.Invalid, "repository-too-large",
		"the host sends more than %d bytes or %d objects for one commit; the limit for its files is %d bytes",
		maxPack(l), maxObjects(l), l.Bytes).
		WithHint("take large files, and node_modules, out of the repository")
}

// packed is the objects of one pack, in memory.
type packed struct {
	byHash map[hash]object
}

type object struct {
	kind plumbing.ObjectType
	data []byte
}

var errMissing = errors.New("object not in the pack")

func (p *packed) read(h hash, kind plumbing.ObjectType, _ int64) ([]byte, error) {
	o, ok := p.byHash[h]
	if !ok || o.kind != kind {
		return nil, fmt.Errorf("%s %s: %w", kind, h, errMissing)
	}
	return o.data, nil
}

// packReader reads one pack as it arrives, and holds nothing past its budget.
type packReader struct {
	scanner  *packfile.Scanner
	limits   snapshot.Limits
	left     int64 // bytes that may still be inflated
	objects  map[hash]object
	byOffset map[int64]hash
	waiting  []delta
}

// delta is a change to an object that has not come yet.
type delta struct {
	base   hash  // of a delta that names its base
	from   int64 // where the base starts in the pack; 0 if it is named
	offset int64
	data   []byte
}

func readPack(in io.Reader, limits snapshot.Limits) (*packed, error) {
	p := &packReader{
		scanner: packfile.NewScanner(in), limits: limits, left: maxPack(limits),
		objects: map[hash]object{}, byOffset: map[int64]hash{},
	}
	_, count, err := p.scanner.Header()
	if err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	if int64(count) > int64(maxObjects(limits)) {
		return nil, transferTooLarge(limits)
	}
	for range count {
		if err := p.next(); err != nil {
			return nil, fmt.Errorf("read pack: %w", err)
		}
	}
	if _, err := p.scanner.Checksum(); err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	if err := p.resolve(); err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	return &packed{byHash: p.objects}, nil
}

func (p *packReader) next() error {
	header, err := p.scanner.NextObjectHeader()
	if err != nil {
		return err
	}
	data, err := p.inflate(header.Length)
	if err != nil {
		return err
	}
	switch header.Type {
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject:
		p.keep(header.Offset, object{header.Type, data})
		return nil
	case plumbing.OFSDeltaObject:
		return p.patch(delta{from: header.OffsetReference, offset: header.Offset, data: data})
	case plumbing.REFDeltaObject:
		return p.patch(delta{base: header.Reference, offset: header.Offset, data: data})
	}
	return fmt.Errorf("object of type %d", header.Type)
}

// inflate reads the object at hand, which says it has size bytes.
func (p *packReader) inflate(size int64) ([]byte, error) {
	if size < 0 || size > p.left {
		return nil, transferTooLarge(p.limits)
	}
	p.left -= size
	// What is reserved at once is bounded: the size is only the host's word.
	const reserve = 64 << 20
	out := bytes.NewBuffer(make([]byte, 0, min(size, reserve)))
	n, _, err := p.scanner.NextObject(out)
	if err == nil && n != size {
		err = errors.New("object of another size than it says")
	}
	return out.Bytes(), err
}

func (p *packReader) keep(offset int64, o object) {
	h := plumbing.ComputeHash(o.kind, o.data)
	p.objects[h] = o
	p.byOffset[offset] = h
}

// patch applies a delta, or lets it wait for its base.
func (p *packReader) patch(d delta) error {
	if d.from > 0 {
		d.base = p.byOffset[d.from]
	}
	base, ok := p.objects[d.base]
	if !ok {
		p.waiting = append(p.waiting, d)
		return nil
	}
	size, err := targetSize(d.data)
	if err != nil {
		return err
	}
	if size > uint64(max(p.left, 0)) {
		return transferTooLarge(p.limits)
	}
	p.left -= int64(size)
	data, err := packfile.PatchDelta(base.data, d.data)
	if err != nil {
		return err
	}
	p.keep(d.offset, object{base.kind, data})
	return nil
}

// maxRounds is more than the longest chain of deltas that Git makes.
const maxRounds = 300

// resolve applies what waited, round by round; what is left then has no base.
func (p *packReader) resolve() error {
	for range maxRounds {
		round := p.waiting
		p.waiting = nil
		for _, d := range round {
			if err := p.patch(d); err != nil {
				return err
			}
		}
		if len(p.waiting) == len(round) {
			break
		}
	}
	if len(p.waiting) > 0 {
		return errors.New("delta without a base")
	}
	return nil
}

// targetSize is the second number at the start of a delta: what it makes.
func targetSize(data []byte) (uint64, error) {
	_, n := binary.Uvarint(data)
	if n <= 0 {
		return 0, packfile.ErrInvalidDelta
	}
	size, m := binary.Uvarint(data[n:])
	if m <= 0 {
		return 0, packfile.ErrInvalidDelta
	}
	return size, nil
}
