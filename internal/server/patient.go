package server

import (
	"net/http"
	"time"
)

// patient gives whoever reads an answer this long for each part of it. A handler
// may work as long as it needs, a long answer is not cut, and a reader that has
// gone to sleep keeps no connection.
func patient(inner http.Handler, wait time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := &parts{ResponseWriter: w, control: http.NewResponseController(w), wait: wait}
		_ = p.control.SetWriteDeadline(time.Time{}) // that of the answer before; a recorder has none
		defer p.extend()                            // for what is left in buffers
		inner.ServeHTTP(p, r)
	})
}

type parts struct {
	http.ResponseWriter
	control *http.ResponseController
	wait    time.Duration
}

func (p *parts) extend() { _ = p.control.SetWriteDeadline(time.Now().Add(p.wait)) }

// Write sends a part of the body.
func (p *parts) Write(data []byte) (int, error) {
	p.extend()
	return p.ResponseWriter.Write(data)
}

// Unwrap lets http.ResponseController reach the writer below.
func (p *parts) Unwrap() http.ResponseWriter { return p.ResponseWriter }
