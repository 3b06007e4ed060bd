package sqlite

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

// position is the place of a list's last entry: its number or sequence and,
// where several share one, what orders them.
type position struct {
	Number int64  `json:"n"`
	Path   string `json:"p,omitempty"`
	ID     string `json:"i,omitempty"`
}

const sumBytes = 8

// page is a Page after its limit and cursor were read. Scope names the list, its
// environment and its filters: a cursor is good for its own list alone. It names
// a place and not a count, so entries that are added do not shift it.
type page struct {
	scope string
	limit int
	after *position // nil for the first page
}

// readPage refuses a negative limit, and a cursor that no page of this list gave.
func readPage(p control.Page, scope ...any) (page, error) {
	if p.Limit < 0 {
		return page{}, fault.New(fault.Invalid, "bad-limit", "a list cannot be limited to %d entries", p.Limit).
			WithHint("ask for 1 to %d", control.MaxPage)
	}
	name, err := json.Marshal(scope)
	if err != nil {
		return page{}, fault.Wrap(err, fault.Internal, "bad-record", "a list's filters cannot be written as JSON")
	}
	g := page{scope: string(name), limit: min(p.Limit, control.MaxPage)}
	if g.limit == 0 {
		g.limit = defaultPage
	}
	if p.Cursor != "" {
		g.after, err = g.open(p.Cursor)
	}
	return g, err
}

func (g page) open(cursor string) (*position, error) {
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
	var p position
	if err := json.Unmarshal(key, &p); err != nil {
		return nil, bad
	}
	return &p, nil
}

// next gives the cursor of the page after last.
func (g page) next(last position) (string, error) {
	key, err := encode(last)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(g.sum([]byte(key)), key...)), nil
}

func (g page) sum(key []byte) []byte {
	h := sha256.New()
	h.Write([]byte(g.scope))
	h.Write([]byte{0})
	h.Write(key)
	return h.Sum(nil)[:sumBytes]
}

// cut divides entries, of which one more was read than the page has, into the
// page and the cursor of the next, "" at the end.
func cut[T any](g page, entries []T, at func(T) position) ([]T, string, error) {
	if len(entries) <= g.limit {
		return entries, "", nil
	}
	entries = entries[:g.limit]
	next, err := g.next(at(entries[g.limit-1]))
	return entries, next, err
}
