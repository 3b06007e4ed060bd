package cursor

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// defaultPage is the limit of a page that asks for none.
const defaultPage = 50

const sumBytes = 8

// Page is a control.Page after its limit and cursor were read. P is how a store
// names the place of an entry, as JSON.
type Page[P any] struct {
	Limit int
	After *P // nil for the first page
	scope string
}

// Read refuses a negative limit, and a cursor that no page of this list gave.
// Scope names the list, its environment and its filters.
func Read[P any](p control.Page, scope ...any) (Page[P], error) {
	if p.Limit < 0 {
		return Page[P]{}, fault.New(fault.Invalid, "bad-limit", "a list cannot be limited to %d entries", p.Limit).
			WithHint("ask for 1 to %d", control.MaxPage)
	}
	name, err := json.Marshal(scope)
	if err != nil {
		return Page[P]{}, fault.Wrap(err, fault.Internal, "bad-record", "a list's filters cannot be written as JSON")
	}
	g := Page[P]{scope: string(name), Limit: min(p.Limit, control.MaxPage)}
	if g.Limit == 0 {
		g.Limit = defaultPage
	}
	if p.Cursor != "" {
		g.After, err = g.open(p.Cursor)
	}
	return g, err
}

func (g Page[P]) open(cursor string) (*P, error) {
	bad := fault.New(fault.Invalid, "bad-cursor", "the cursor is not one that this list gave").
		WithHint("start again without a cursor, with the same filters on every page")
	data, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(data) < sumBytes {
		return nil, bad
	}
	key := data[sumBytes:]
	if subtle.ConstantTimeCompare(data[:sumBytes], g.sum(key)) != 1 {
		return nil, bad
	}
	var p P
	if err := json.Unmarshal(key, &p); err != nil {
		return nil, bad
	}
	return &p, nil
}

// Next gives the cursor of the page after last.
func (g Page[P]) Next(last P) (string, error) {
	key, err := json.Marshal(last)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "bad-record", "a place in a list cannot be written as JSON")
	}
	return base64.RawURLEncoding.EncodeToString(append(g.sum(key), key...)), nil
}

func (g Page[P]) sum(key []byte) []byte {
	h := sha256.New()
	h.Write([]byte(g.scope))
	h.Write([]byte{0})
	h.Write(key)
	return h.Sum(nil)[:sumBytes]
}

// Cut divides entries, of which one more was read than the page has, into the
// page and the cursor of the next, "" at the end.
func Cut[T, P any](g Page[P], entries []T, at func(T) P) ([]T, string, error) {
	if len(entries) <= g.Limit {
		return entries, "", nil
	}
	entries = entries[:g.Limit]
	next, err := g.Next(at(entries[g.Limit-1]))
	return entries, next, err
}
