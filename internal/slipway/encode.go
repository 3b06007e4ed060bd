package slipway

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Sizes that keep a state small enough for one item of any store.
const (
	MaxStateBytes  = 300 << 10 // as stored, for rows that automation or setting up writes
	MaxSafetyBytes = 380 << 10 // as stored, for a person's safety commands
	MaxWorkflows   = 1000      // per environment
	MaxReason      = 500       // bytes
	MaxFirstMarks  = 94        // first go-lives in one row
	maxStateText   = 16 << 20  // uncompressed, of one part; more is not read
)

// stateHeader begins a stored state. No deflate stream begins so, as the states
// of before do: the lowest three bits of its first byte name a sort of block
// that there is not.
const stateHeader = "v2"

// Encode gives the state's stored form: the header, then the parts that packing
// makes of it, each behind its length. It is the same for the same state,
// whatever was packed before.
func (s State) Encode() ([]byte, error) {
	p, err := s.pack(workflowsPerChunk)
	if err != nil {
		return nil, err
	}
	data := append(make([]byte, 0, p.size()), stateHeader...)
	data = appendPart(data, p.frame.data)
	for _, c := range p.chunks {
		data = appendPart(data, c.data)
	}
	return data, nil
}

// size is the length of the stored form.
func (p *packing) size() int {
	size := len(stateHeader) + partSize(p.frame.data)
	for _, c := range p.chunks {
		size += partSize(c.data)
	}
	return size
}

func partSize(part []byte) int {
	var length [binary.MaxVarintLen64]byte
	return binary.PutUvarint(length[:], uint64(len(part))) + len(part)
}

func appendPart(data, part []byte) []byte {
	return append(binary.AppendUvarint(data, uint64(len(part))), part...)
}

// DecodeState reads what Encode wrote, now or before states had parts. Data that
// it did not write is Internal.
func DecodeState(data []byte) (State, error) {
	s, err := decode(data)
	if err != nil {
		return State{}, fault.Wrap(err, fault.Internal, "bad-state", "a stored ledger state cannot be read")
	}
	return s, nil
}

func decode(data []byte) (s State, err error) {
	if parts, ok := bytes.CutPrefix(data, []byte(stateHeader)); ok {
		return decodeParts(parts)
	}
	err = inflate(data, &s)
	return s, err
}

func decodeParts(data []byte) (State, error) {
	part, data, err := cutPart(data)
	if err != nil {
		return State{}, err
	}
	f := frame{data: part}
	if err := inflate(part, &f); err != nil {
		return State{}, err
	}
	p := &packing{frame: f}
	s := State{AutoLiveOff: f.AutoLiveOff, Freeze: f.Freeze, Rejected: maps.Clone(f.Rejected), packed: p}
	for len(data) > 0 {
		if part, data, err = cutPart(data); err != nil {
			return State{}, err
		}
		c := chunk{data: part}
		if err := inflate(part, &c.workflows); err != nil {
			return State{}, err
		}
		p.chunks = append(p.chunks, c)
	}
	s.Workflows, err = p.workflows()
	return s, err
}

func cutPart(data []byte) (part, rest []byte, err error) {
	size, n := binary.Uvarint(data)
	if n <= 0 || size > uint64(len(data)-n) {
		return nil, nil, io.ErrUnexpectedEOF
	}
	end := n + int(size)
	return data[n:end:end], data[end:], nil
}

// deflate gives v as compressed JSON.
func deflate(w *flate.Writer, v any) ([]byte, error) {
	var buf bytes.Buffer
	w.Reset(&buf)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return nil, fmt.Errorf("encode state: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress state: %w", err)
	}
	return buf.Bytes(), nil
}

func inflate(data []byte, v any) error {
	r := io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxStateText)
	if err := json.NewDecoder(r).Decode(v); err != nil {
		return fmt.Errorf("decode state: %w", err)
	}
	return nil
}

// fits refuses a state whose stored form is over limit bytes, and keeps its parts
// for whoever stores it and for the states that follow.
func (s *State) fits(limit int) error {
	p, err := s.pack(workflowsPerChunk)
	if err != nil {
		return err
	}
	s.packed = p
	if size := p.size(); size > limit {
		return fault.New(fault.Invalid, "state-too-large",
			"the environment's state would take %d KiB, over its limit of %d KiB", size>>10, limit>>10).
			WithHint("accept or delete what is no longer needed: rejected code and long reasons take room")
	}
	return nil
}
