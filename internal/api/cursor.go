package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// sealer makes cursors that nobody can make up, each good for its own list with
// its own filters.
type sealer struct{ key []byte }

const sealBytes = 12

// scope names a list: its path and its filters.
func scope(u *url.URL) string {
	q := u.Query()
	q.Del("cursor")
	q.Del("limit")
	return u.Path + "?" + q.Encode() // sorted
}

func (s sealer) sum(scope, cursor string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(scope))
	mac.Write([]byte{0})
	mac.Write([]byte(cursor))
	return mac.Sum(nil)[:sealBytes]
}

// seal gives the cursor as the sender gets it, "" for the end.
func (s sealer) seal(scope, cursor string) string {
	if cursor == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(s.sum(scope, cursor), cursor...))
}

// open gives the cursor that seal was given.
func (s sealer) open(scope, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(data) < sealBytes || !hmac.Equal(data[:sealBytes], s.sum(scope, string(data[sealBytes:]))) {
		return "", fault.New(fault.Invalid, codeBadCursor, "the cursor is not one that this list gave").
			WithHint("start again without a cursor, with the same filters on every page")
	}
	return string(data[sealBytes:]), nil
}

// Paged is the part of a list's input that chooses a page.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"How many entries at most."`
	Cursor string `query:"cursor" minLength:"1" maxLength:"2000" doc:"Where to go on: the next of the page before."`
}

// page reads p for the list at u.
func (a *api) page(p Paged, u *url.URL) (control.Page, error) {
	cursor, err := a.cursors.open(scope(u), p.Cursor)
	return control.Page{Limit: p.Limit, Cursor: cursor}, err
}
