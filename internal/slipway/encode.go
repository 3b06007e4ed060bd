package slipway

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Sizes that keep a state small enough for one item of any store.
const (
	MaxStateBytes  = 300 << 10 // compressed, for rows that automation or setting up writes
	MaxSafetyBytes = 380 << 10 // compressed, for a person's safety commands
	MaxWorkflows   = 1000      // per environment
	MaxReason      = 500       // bytes
	MaxFirstMarks  = 96        // first go-lives in one row
	maxStateText   = 16 << 20  // uncompressed, refused on reading
)

// Encode gives the state's stored form: compressed JSON.
func (s State) Encode() ([]byte, error) {
	if s.packed != nil {
		return s.packed, nil
	}
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("compress state: %w", err)
	}
	if err := json.NewEncoder(w).Encode(s); err != nil {
		return nil, fmt.Errorf("encode state: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress state: %w", err)
	}
	return buf.Bytes(), nil
}

// DecodeState reads what Encode wrote. Data that it did not write is Internal.
func DecodeState(data []byte) (State, error) {
	var s State
	r := io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxStateText)
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return State{}, fault.Wrap(err, fault.Internal, "bad-state", "a stored ledger state cannot be read")
	}
	return s, nil
}

// fits refuses a state whose stored form is over limit bytes, and keeps that form
// for whoever stores it: nothing changes s after this.
func (s *State) fits(limit int) error {
	data, err := s.Encode()
	if err != nil {
		return err
	}
	s.packed = data
	if len(data) > limit {
		return fault.New(fault.Invalid, "state-too-large",
			"the environment's state would take %d KiB, over its limit of %d KiB", len(data)>>10, limit>>10).
			WithHint("accept or delete what is no longer needed: rejected code and long reasons take room")
	}
	return nil
}
