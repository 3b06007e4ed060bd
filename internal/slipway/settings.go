package slipway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Settings are a workflow's settings as its code evaluated them at check time.
// The values of binding options are left out: they may hold credentials.
type Settings struct {
	ID            string   `json:"id"`
	Name          string   `json:"name,omitempty"`
	Trigger       string   `json:"trigger"`
	FailurePolicy string   `json:"failurePolicy"`      // "stop" or "continue"
	Bindings      []string `json:"bindings,omitempty"` // names, sorted
}

// Equal reports whether s and t say the same.
func (s Settings) Equal(t Settings) bool {
	return s.ID == t.ID && s.Name == t.Name && s.Trigger == t.Trigger &&
		s.FailurePolicy == t.FailurePolicy && slices.Equal(s.Bindings, t.Bindings)
}

// Code names what a deployment runs: the same workflow with the same bundle and
// the same settings has the same code, whatever commit or sync it came from.
// Rejections and "previous" speak of code, not of deployments.
type Code string

// CodeOf derives the code of a bundle (named by digest) with its settings.
func CodeOf(workflow, digest string, s Settings) Code {
	text, err := json.Marshal([]any{workflow, digest, s})
	if err != nil { // strings and slices of strings always encode
		panic(err)
	}
	sum := sha256.Sum256(text)
	return Code(hex.EncodeToString(sum[:12]))
}

// Bounds of settings in bytes, above what a check lets through.
const (
	maxName     = 1 << 10
	maxSettings = 128 << 10
)

// Validate refuses settings that no record may hold. Check has said why to the
// user long before: this guards records against a result that did not come from
// it.
func (s Settings) Validate() error {
	text := s.ID + s.Name + s.Trigger + s.FailurePolicy + strings.Join(s.Bindings, "")
	switch {
	case s.ID == "" || len(s.ID) > MaxID, s.Trigger == "" || len(s.Trigger) > MaxID, len(s.Name) > maxName, len(text) > maxSettings,
		!utf8.ValidString(text), strings.ContainsFunc(s.ID+s.Trigger, unicode.IsControl):
		return fault.New(fault.Invalid, "bad-settings", "the settings of a workflow are not what a check gives")
	}
	return nil
}
