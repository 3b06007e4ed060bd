package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// releaseHeader tells from which release a read was answered.
const releaseHeader = "Slipway-Release"

// tagged gives a read its ETag, and answers 304 where the sender has what there
// is. In an environment the tag begins with the release number, read before the
// answer: what the answer shows is never older.
func (a *api) tagged(o operation, handle http.HandlerFunc) http.HandlerFunc {
	inside := o.inEnvironment()
	return func(w http.ResponseWriter, r *http.Request) {
		prefix := ""
		if inside {
			live, err := a.plane.Resolve(r.Context(), requestOf(r.Context()).env)
			if err != nil {
				a.refuse(w, r, err)
				return
			}
			release := strconv.FormatInt(live.Release, 10)
			w.Header().Set(releaseHeader, release)
			prefix = release + "-"
		}
		held := &heldBack{header: w.Header()}
		handle(held, r)
		if held.status == http.StatusOK {
			sum := sha256.Sum256(held.body.Bytes())
			tag := `"` + prefix + hex.EncodeToString(sum[:8]) + `"`
			w.Header().Set("ETag", tag)
			w.Header().Set("Cache-Control", "private, no-cache")
			if ifNoneMatch(r.Header.Get("If-None-Match"), tag) {
				w.Header().Del("Content-Type")
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		w.WriteHeader(held.status)
		_, _ = w.Write(held.body.Bytes()) // who asked has gone
	}
}

// heldBack is an answer that is not sent yet.
type heldBack struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the answer's.
func (h *heldBack) Header() http.Header { return h.header }

// WriteHeader keeps the status.
func (h *heldBack) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

// Write keeps a part of the body.
func (h *heldBack) Write(data []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(data)
}

// ifNoneMatch reports whether the header names tag. The comparison is the weak
// one: a proxy may have weakened what it passed on.
func ifNoneMatch(header, tag string) bool {
	if header == "" {
		return false
	}
	for name := range strings.SplitSeq(header, ",") {
		name = strings.TrimSpace(name)
		if name == "*" || strings.TrimPrefix(name, "W/") == tag {
			return true
		}
	}
	return false
}

// ifMatchPattern is a release number, or an ETag of a read in an environment.
const ifMatchPattern = `^(W/)?"?(env_[0-9A-Za-z]{1,64}\.)?([0-9]{1,18})(-[0-9a-f]{1,64})?"?$`

var ifMatchForm = regexp.MustCompile(ifMatchPattern)

// ifMatch reads the release that a command's sender saw. Nil is none.
func ifMatch(h http.Header) (*int64, error) {
	if len(h.Values("If-Match")) == 0 {
		return nil, nil //nolint:nilnil // no condition
	}
	m := ifMatchForm.FindStringSubmatch(h.Get("If-Match"))
	if m == nil {
		return nil, fault.New(fault.Invalid, codeBadIfMatch, "If-Match names no release").
			WithHint(`give a release number such as "42", or the ETag of a read in the same environment`)
	}
	release, err := strconv.ParseInt(m[3], 10, 64)
	if err != nil { // 18 digits always fit
		return nil, fault.Wrap(err, fault.Invalid, codeBadIfMatch, "If-Match names no release")
	}
	return &release, nil
}
