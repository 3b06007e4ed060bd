package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// maxKey is the longest idempotency key.
const maxKey = 255

// once answers a repeated write, one with the same Idempotency-Key, with what
// the first was answered with. Without a key each request is one of its own.
func (a *api) once(o operation, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := read(w, r)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
		key := r.Header.Get("Idempotency-Key")
		if len(r.Header.Values("Idempotency-Key")) == 0 {
			handle(w, r)
			return
		}
		if key == "" || len(key) > maxKey || strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) {
			a.refuse(w, r, fault.New(fault.Invalid, codeBadKey, "the Idempotency-Key is not 1 to %d visible ASCII characters", maxKey).
				WithHint("a random UUID is a good one"))
			return
		}
		q := requestOf(r.Context())
		q.key = key
		mine := claim(q, o, r, data)
		mine.At = a.Now().UTC()
		mine.Expires = mine.At.Add(slipway.AnswerLife)
		stored, claimed, err := a.claim(r.Context(), mine)
		switch {
		case err != nil:
			a.refuse(w, r, err)
		case claimed:
			a.first(w, r, mine, handle)
		case stored.UnderWay(mine.At):
			a.refuse(w, r, fault.New(fault.Conflict, codeKeyBusy, "a request with this Idempotency-Key is under way").WithHint("ask again in a moment, with the same key"))
		case stored.Status == 0:
			a.first(w, r, mine, handle) // its worker died; what it wrote is found again
		default:
			replay(w, stored)
		}
	}
}

// claim is what makes two requests one and the same: who asks, for what, with
// which words.
func claim(q *request, o operation, r *http.Request, data []byte) slipway.Answer {
	key := sha256.Sum256(fmt.Appendf(nil, "%q", []string{q.who.Actor.String(), q.key}))
	print := sha256.Sum256(fmt.Appendf(nil, "%q", []string{o.id, r.URL.Path, r.URL.RawQuery, r.Header.Get("If-Match"), string(data)}))
	return slipway.Answer{Key: hex.EncodeToString(key[:]), Fingerprint: print[:]}
}

// claim asks the store, and refuses a key that was used for something else.
func (a *api) claim(ctx context.Context, mine slipway.Answer) (slipway.Answer, bool, error) {
	stored, claimed, err := a.Answers.ClaimAnswer(ctx, mine)
	if err != nil {
		return stored, false, fmt.Errorf("claim the key: %w", err)
	}
	if !claimed && !stored.Same(mine) {
		return stored, false, fault.New(fault.Conflict, codeKeyReused, "this Idempotency-Key was used for another request").
			WithHint("each request takes a key of its own; repeat one with the very same body")
	}
	return stored, claimed, nil
}

// first answers the first request with a key and keeps the answer. One that may
// be another the next time is not kept.
func (a *api) first(w http.ResponseWriter, r *http.Request, mine slipway.Answer, handle http.HandlerFunc) {
	rec := &recorded{ResponseWriter: w}
	handle(rec, r)
	ctx := context.WithoutCancel(r.Context())
	mine.Status, mine.Header, mine.Body = rec.status, rec.Header().Get("Location"), rec.body.Bytes()
	var err error
	if passing(mine.Status) || len(mine.Body) > slipway.MaxAnswer {
		err = a.Answers.DropAnswer(ctx, mine.Key)
	} else {
		mine.Body = withoutSecret(mine.Body)
		err = a.Answers.PutAnswer(ctx, mine)
	}
	if err != nil { // the write is done all the same; a repeated one finds what it wrote
		a.Log.Warn("answer not kept", "requestId", requestOf(r.Context()).id, "error", err)
	}
}

// passing reports whether a status may be another for the same request.
func passing(status int) bool {
	return status == 0 || status >= http.StatusInternalServerError || status == http.StatusTooManyRequests
}

func replay(w http.ResponseWriter, stored slipway.Answer) {
	h := w.Header()
	h.Set("Idempotency-Replayed", "true")
	if stored.Header != "" {
		h.Set("Location", stored.Header)
	}
	h.Set("Content-Type", "application/json")
	if stored.Status >= http.StatusBadRequest {
		h.Set("Content-Type", problemType)
	}
	w.WriteHeader(stored.Status)
	_, _ = w.Write(stored.Body) // who asked has gone
}

// recorded keeps a copy of the answer that it passes on.
type recorded struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader sends the status.
func (r *recorded) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (r *recorded) Write(data []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.body.Write(data)
	return r.ResponseWriter.Write(data)
}
