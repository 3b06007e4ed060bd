package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/web"
)

// visit is one request.
type visit struct {
	r       *http.Request
	began   time.Time
	session session
	who     auth.Principal
	env     string // slug, "" for none
	page    string // that answers
	cookie  *http.Cookie
}

type visitKey struct{}

func (v *visit) ctx() context.Context { return v.r.Context() }

func (v *visit) path(name string) string { return v.r.PathValue(name) }

func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostForm.Get(name)) }

// answer is a page, or the address of one.
type answer struct {
	page   string // template
	title  string
	tab    string // of the environment's navigation
	status int    // 0 is 200
	model  any
	poll   int    // seconds until the page looks whether there is something new, 0 for never
	to     string // instead of a page: where to go on
}

// maxForm bounds what a form may send.
const maxForm = 64 << 10

// look begins to look at the environment of the address: a page reads it once.
func (c *console) look(v *visit) (*control.Look, error) { return c.Plane.Look(v.ctx(), v.env) }

// open answers whoever comes.
func (c *console) open(do func(*visit) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := c.visitOf(w, r)
		a, err := do(v)
		c.give(w, v, a, err)
	}
}

func (c *console) visitOf(w http.ResponseWriter, r *http.Request) *visit {
	v, ok := r.Context().Value(visitKey{}).(*visit)
	if !ok {
		v = &visit{began: c.Now()}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	v.r = r
	return v
}

// signedIn answers who has a session, the role, and for a write the token of a
// form of theirs.
func (c *console) signedIn(t route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := c.visitOf(w, r)
		var err error
		if v.session, v.who, err = c.recall(r.Context(), r); err != nil {
			if fault.CodeOf(err) == control.CodeUnauthenticated && r.Method != http.MethodPost {
				c.give(w, v, answer{to: Root + "/sign-in?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()}, nil)
				return
			}
			c.refuse(w, v, err)
			return
		}
		v.env = r.PathValue("env")
		if err := v.who.Permit(t.role, v.env); err != nil {
			c.refuse(w, v, err)
			return
		}
		if r.Method == http.MethodPost {
			if err := c.readForm(v); err != nil {
				c.refuse(w, v, err)
				return
			}
		}
		a, err := t.answer(v)
		c.give(w, v, a, err)
	}
}

// codeForm is the fault of a form that is not from a page of its session.
const codeForm = "foreign-form"

// parse reads a form.
func (v *visit) parse() error {
	if err := v.r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "bad-form", "the form did not arrive whole, or says too much").WithHint("go back and send it again")
	}
	return nil
}

// readForm reads a form that must be from a page of its session.
func (c *console) readForm(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	if !c.csrf.good(v.session.ID, v.form("csrf")) {
		return fault.New(fault.Invalid, codeForm, "this form is not from a page of your session; nothing was done").WithHint("open the page again, and send its form")
	}
	return nil
}

func (c *console) give(w http.ResponseWriter, v *visit, a answer, err error) {
	switch {
	case err != nil:
		c.refuse(w, v, err)
	case a.to != "":
		if v.cookie != nil {
			http.SetCookie(w, v.cookie)
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, v.r, a.to, http.StatusSeeOther)
	default:
		c.render(w, v, a)
	}
}

// refusal is the model of the page error.
type refusal struct {
	Status int
	Title  string
	Trouble
}

// Trouble is a fault as a page shows it.
type Trouble struct {
	Code   string
	Detail string
	Hint   string
}

// trouble translates an error, and logs what is our own mistake or a store's.
func (c *console) trouble(v *visit, err error) (Trouble, int) {
	if _, known := errors.AsType[*fault.Fault](err); !known && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		err = fault.Wrap(err, fault.Unavailable, "timed-out", "the page took longer than it may").WithHint("ask again")
	}
	f := fault.Of(err)
	status := statusOf(f)
	if status >= http.StatusInternalServerError {
		c.Log.Error("page failed", "page", v.page, "path", v.r.URL.EscapedPath(), "code", f.Code, "error", err, "cause", errors.Unwrap(f))
	}
	return Trouble{Code: f.Code, Detail: f.Detail, Hint: f.Hint}, status
}

func statusOf(f *fault.Fault) int {
	if f.Code == codeForm {
		return http.StatusForbidden
	}
	return web.Status(f)
}

// refuse answers with the page of an error.
func (c *console) refuse(w http.ResponseWriter, v *visit, err error) {
	t, status := c.trouble(v, err)
	titles := map[int]string{
		http.StatusUnauthorized: "Sign in", http.StatusForbidden: "Not allowed", http.StatusNotFound: "Not found",
		http.StatusConflict: "Not possible now", http.StatusServiceUnavailable: "Not available now", http.StatusInternalServerError: "Something broke",
	}
	title := titles[status]
	if title == "" {
		title = "Refused"
	}
	c.render(w, v, answer{page: "error", title: title, status: status, model: refusal{Status: status, Title: title, Trouble: t}})
}

// frame is what every page's template is given.
type frame struct {
	Title   string
	Tab     string
	Env     string // slug
	Who     auth.Principal
	Signed  bool // in
	CSRF    template.HTML
	Poll    int
	Version string
	Page    any // the page's own model
}

// May reports whether whoever looks may do what takes this role here: a button
// that would be refused is not shown.
func (f frame) May(role string) bool { return f.Who.Permit(slipway.Role(role), f.Env) == nil }

// MayEverywhere is May for what is about all environments.
func (f frame) MayEverywhere(role string) bool { return f.Who.Permit(slipway.Role(role), "") == nil }

// shownTimes are the texts of relative times: a page that differs from before in
// them alone has nothing new.
var shownTimes = regexp.MustCompile(`(<time [^>]*>)[^<]*`)

const tagPlace = `data-tag=""`

// render writes a page, or says that it is the one its reader has.
func (c *console) render(w http.ResponseWriter, v *visit, a answer) {
	v.page = a.page
	var body bytes.Buffer
	f := frame{
		Title: a.title, Tab: a.tab, Env: v.env, Who: v.who, Signed: v.session.ID != "", Poll: a.poll, Version: c.Version, Page: a.model,
		CSRF: template.HTML(`<input type="hidden" name="csrf" value="` + c.standIn + `">`), // nothing of it is a user's
	}
	if err := c.pages.write(&body, a.page, f); err != nil {
		c.Log.Error("page failed", "page", a.page, "error", err)
		http.Error(w, "something went wrong inside Slipway", http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(shownTimes.ReplaceAll(body.Bytes(), []byte("$1")))
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Cookie")
	if a.status == 0 {
		h.Set("ETag", tag)
		if v.r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		a.status = http.StatusOK
	} else {
		h.Set("Cache-Control", "no-store")
	}
	out := bytes.ReplaceAll(body.Bytes(), []byte(c.standIn), []byte(c.csrf.mask(v.session.ID)))
	out = bytes.Replace(out, []byte(tagPlace), []byte(`data-tag="`+template.HTMLEscapeString(tag)+`"`), 1)
	if v.cookie != nil {
		http.SetCookie(w, v.cookie)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(out) // who asked has gone
}

// key is a new idempotency key for a form: sent twice it is one command.
func key() string { return rand.Text() }
