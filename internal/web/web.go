package web

import (
	"net/http"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// CodeUnreachable is the fault of a Git host that does not answer.
const CodeUnreachable = "repository-unreachable"

// Status is the HTTP status of a fault: its code's where that has one of its own,
// else its kind's. An edge has further codes of its own.
func Status(f *fault.Fault) int {
	switch f.Code {
	case control.CodeUnauthenticated:
		return http.StatusUnauthorized
	case auth.CodeForbidden, auth.CodeCrossSite:
		return http.StatusForbidden
	case auth.CodeTooMany:
		return http.StatusTooManyRequests
	case auth.CodeWrongHost:
		return http.StatusMisdirectedRequest
	case CodeUnreachable: // the server is well: what it was pointed at is not
		return http.StatusFailedDependency
	}
	switch f.Kind {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict, fault.Superseded, fault.Held, fault.LeaseLost:
		return http.StatusConflict
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
	}
	return http.StatusInternalServerError
}

// Watched remembers the status of an answer, 0 until it is sent.
type Watched struct {
	http.ResponseWriter
	Status int
}

// WriteHeader sends the status.
func (w *Watched) WriteHeader(status int) {
	if w.Status == 0 {
		w.Status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (w *Watched) Write(data []byte) (int, error) {
	if w.Status == 0 {
		w.Status = http.StatusOK
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *Watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
