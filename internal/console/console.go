package console

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/web"
)

// Root is the path that all pages are below.
const Root = "/console"

// Options are what a console is made of. Plane, Answers, Keys, Guard, Log and Now
// are required.
type Options struct {
	Plane   *control.Plane
	Answers control.Answers // remembers which sign-in links were used
	Keys    control.Keys
	Guard   *auth.Guard
	Log     *slog.Logger
	Now     func() time.Time
	Version string   // of the program
	Hosts   []string // whose requests are answered, without ports; empty for any
	Secure  bool     // browsers reach it by TLS: its cookies go nowhere else
	// Address gives the address that a request came from; nil takes the peer's.
	Address func(*http.Request) string
	// Observe is told of every answer, nil for nobody.
	Observe func(Answered)
}

// Answered is an answer that was given.
type Answered struct {
	Page   string // its template, such as workflows, "" for none
	Status int
	Took   time.Duration
}

type console struct {
	Options
	mux    *http.ServeMux
	seal   sealer // of sessions
	links  Links
	csrf   tokens
	pages  pages
	assets assets
	// stand-in is written where a page has the CSRF token, until its entity tag
	// is known: the token differs each time, and the tag must not.
	standIn string
}

// New returns the handler of everything below Root, and of / which leads there.
// It reads its keys from the store.
func New(ctx context.Context, o Options) (http.Handler, error) {
	if o.Observe == nil {
		o.Observe = func(Answered) {}
	}
	if o.Address == nil {
		o.Address = func(r *http.Request) string { return auth.Hostname(r.RemoteAddr) }
	}
	c := &console{Options: o, mux: http.NewServeMux(), standIn: rand.Text()}
	var err error
	if c.seal, err = newSealer(ctx, o.Keys, "sessions"); err != nil {
		return nil, err
	}
	if c.links, err = NewLinks(ctx, o.Keys); err != nil {
		return nil, err
	}
	if c.csrf, err = newTokens(ctx, o.Keys); err != nil {
		return nil, err
	}
	if c.assets, err = readAssets(); err != nil {
		return nil, err
	}
	if c.pages, err = readPages(c); err != nil {
		return nil, err
	}
	c.register()
	zip, err := gzhttp.NewWrapper(gzhttp.MinSize(1024))
	if err != nil {
		return nil, fmt.Errorf("compress answers: %w", err)
	}
	return zip(c.around(c.mux)), nil
}

// around is what every request goes through.
func (c *console) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{r: r, began: c.Now()}
		rec := &web.Watched{ResponseWriter: w}
		defer c.answered(rec, v) //nolint:contextcheck // the visit has the request, and its context
		h := rec.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // a form's Origin must say where it is from
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if err := auth.MayCome(r, c.Hosts); err != nil {
			c.refuse(rec, v, err)
			return
		}
		next.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}

// policy lets a page load its own style, script and pictures, and nothing else:
// what a stranger gets into a page stays text.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// answered logs and counts an answer, and answers for a page that broke.
func (c *console) answered(w *web.Watched, v *visit) {
	if broken := recover(); broken != nil {
		if err, ok := broken.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(broken) // the server's own way to drop a connection
		}
		c.Log.Error("page broke", "page", v.page, "panic", broken)
		if w.Status == 0 {
			c.refuse(w, v, fault.New(fault.Internal, "internal", "something went wrong inside Slipway"))
		}
	}
	took := c.Now().Sub(v.began)
	c.Log.LogAttrs(v.r.Context(), slog.LevelDebug, "page", slog.String("page", v.page), slog.String("method", v.r.Method),
		slog.String("path", v.r.URL.EscapedPath()), slog.Int("status", w.Status), slog.Duration("took", took), slog.String("actor", v.who.Actor.String()))
	c.Observe(Answered{Page: v.page, Status: w.Status, Took: took})
}
