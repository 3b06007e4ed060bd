package gittest

import (
	"io"
	"net/http"
	"strings"
)

// UploadPack is the end of the path at which a pack is fetched. The other
// request of a fetch, for the references, ends in InfoRefs.
const (
	UploadPack = "/git-upload-pack"
	InfoRefs   = "/info/refs"
)

// On applies a wrap to the requests whose path has this end, and to no other.
func On(end string, wrap func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		wrapped := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, end) {
				wrapped.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Hang accepts requests and never answers.
func Hang(http.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is the client's leaving noticed
		<-r.Context().Done()
	})
}

// Status answers with a status and nothing else.
func Status(code int) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
}

// RedirectTo sends requests to another server, such as "http://127.0.0.1:99",
// with path and query as they are.
func RedirectTo(server string) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, server+r.URL.RequestURI(), http.StatusFound)
		})
	}
}

// DropAfter breaks the connection once an answer's body passes n bytes.
func DropAfter(n int) func(http.Handler) http.Handler { return breakAfter(n, false) }

// HangAfter falls silent once an answer's body passes n bytes.
func HangAfter(n int) func(http.Handler) http.Handler { return breakAfter(n, true) }

func breakAfter(n int, hang bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&dropper{ResponseWriter: w, left: n, hang: hang, gone: r.Context().Done()}, r)
		})
	}
}

// dropper is a response that ends in the middle.
type dropper struct {
	http.ResponseWriter
	left int
	hang bool
	gone <-chan struct{} // the client has left
}

func (d *dropper) Write(p []byte) (int, error) {
	if d.left <= 0 {
		return 0, http.ErrHijacked
	}
	part := p[:min(len(p), d.left)]
	n, err := d.ResponseWriter.Write(part)
	if d.left -= n; d.left > 0 || err != nil {
		return n, err
	}
	control := http.NewResponseController(d.ResponseWriter)
	_ = control.Flush()
	if d.hang {
		<-d.gone
		return n, http.ErrHandlerTimeout
	}
	conn, _, err := control.Hijack()
	if err != nil {
		return n, err
	}
	return n, conn.Close()
}
