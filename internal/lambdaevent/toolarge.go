package lambdaevent

import (
	"encoding/json"
	"net/http"

	"github.com/slipway-dev/slipway/internal/fault"
)

// maxAnswer is the most that Lambda takes of one answer, as encoded.
const maxAnswer = 6 << 20

// tooLarge is the answer in place of one that Lambda would not take, which API
// Gateway would then answer for. Whoever reads can ask for less. Whoever writes is
// not told that the request was at fault: what it asked for may be done.
func (a *answer) tooLarge(method string) *answer {
	status := http.StatusBadRequest
	f := fault.New(fault.Invalid, "answer-too-large", "the answer is larger than the %d MiB that one may have on Lambda", maxAnswer>>20).
		WithHint("ask for less at once: a list takes a smaller limit, and filters")
	if a.status >= http.StatusBadRequest || method != http.MethodGet && method != http.MethodHead {
		status, f.Kind = http.StatusInternalServerError, fault.Internal
		f = f.WithHint("what was asked for may be done; look at it before asking again")
	}
	w := newAnswer()
	for _, name := range []string{"Slipway-Request-Id", "X-Content-Type-Options"} {
		if value := a.sent.Get(name); value != "" {
			w.header.Set(name, value)
		}
	}
	w.header.Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{ // into memory
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: f.Code, Detail: f.Detail, Hint: f.Hint, RequestID: a.sent.Get("Slipway-Request-Id"),
	})
	return w
}

// problem is an error as the API answers it, problem details of RFC 9457.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	Hint      string `json:"hint"`
	RequestID string `json:"requestId"`
}
