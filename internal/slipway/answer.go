package slipway

import (
	"bytes"
	"time"
)

// Answer is what a write under an idempotency key was answered with, so that
// the same request gets it again. Without a Status the request is under way, or
// its worker died.
type Answer struct {
	Key         string    `json:"key"`         // a digest of who asked, under which key
	Fingerprint []byte    `json:"fingerprint"` // a digest of what was asked for
	At          time.Time `json:"at"`          // when it was asked for
	Expires     time.Time `json:"expires"`     // when it is forgotten
	Status      int       `json:"status,omitempty"`
	Header      string    `json:"header,omitempty"` // the Location, if any
	Body        []byte    `json:"body,omitempty"`
}

// Times of answers.
const (
	AnswerLife  = 24 * time.Hour // how long one is kept
	AnswerGrace = time.Minute    // how long a request may be under way before its worker is thought dead
)

// MaxAnswer is the most bytes of a body that are kept.
const MaxAnswer = 256 << 10

// Same reports whether a and b are answers to the same request.
func (a Answer) Same(b Answer) bool { return bytes.Equal(a.Fingerprint, b.Fingerprint) }

// UnderWay reports whether somebody may be at work on the request at this time.
func (a Answer) UnderWay(at time.Time) bool { return a.Status == 0 && at.Sub(a.At) < AnswerGrace }
