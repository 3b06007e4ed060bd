package consoletest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Visitor is a browser without JavaScript. It follows no redirect by itself: a
// Page says where it leads.
type Visitor struct {
	site   *Site
	client *http.Client
}

// Page is an answer, read whole.
type Page struct {
	Path     string // that was asked for
	Status   int
	Header   http.Header
	Text     string // as it is written, markup and all
	Location string // of a redirect, without the site's address
}

// Visitor is somebody who has not signed in.
func (s *Site) Visitor() *Visitor {
	s.T.Helper()
	jar, err := cookiejar.New(nil)
	s.Must(err)
	return &Visitor{site: s, client: &http.Client{
		Jar: jar, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// SignIn is somebody who has signed in with a token of the role.
func (s *Site) SignIn(role slipway.Role) *Visitor {
	s.T.Helper()
	v := s.Visitor()
	if p := v.Post(console.Root+"/sign-in", url.Values{"token": {s.Token(role)}}); p.Status != http.StatusSeeOther {
		s.T.Fatalf("signing in answered %d:\n%s", p.Status, p.Text)
	}
	return v
}

// Get asks for a page; headers are names and values in turn.
func (v *Visitor) Get(path string, headers ...string) Page {
	v.site.T.Helper()
	return v.do(http.MethodGet, path, "", headers)
}

// Post sends values as they are.
func (v *Visitor) Post(path string, values url.Values, headers ...string) Page {
	v.site.T.Helper()
	return v.do(http.MethodPost, path, values.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...))
}

// Submit sends the form of a page that is sent to the action, with what is in it
// and these values, names and values in turn, in the place of its own.
func (v *Visitor) Submit(p Page, action string, values ...string) Page {
	v.site.T.Helper()
	form := p.Form(v.site, action)
	for i := 0; i+1 < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	return v.Post(action, form)
}

// Follow goes where a redirect leads.
func (v *Visitor) Follow(p Page) Page {
	v.site.T.Helper()
	if p.Location == "" {
		v.site.T.Fatalf("%s leads nowhere; it answered %d:\n%s", p.Path, p.Status, p.Text)
	}
	return v.Get(p.Location)
}

func (v *Visitor) do(method, path, body string, headers []string) Page {
	v.site.T.Helper()
	req, err := http.NewRequestWithContext(v.site.Ctx(), method, v.site.URL+path, strings.NewReader(body))
	v.site.Must(err)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := v.client.Do(req)
	v.site.Must(err)
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	v.site.Must(err)
	return Page{path, res.StatusCode, res.Header, string(data), strings.TrimPrefix(res.Header.Get("Location"), v.site.URL)}
}

// Form is what the page's form that writes to an action holds; the test fails where the page
// has none. Of inputs that are chosen it has those that are.
func (p Page) Form(s *Site, action string) url.Values {
	s.T.Helper()
	root, err := html.Parse(strings.NewReader(p.Text))
	s.Must(err)
	for n := range root.Descendants() {
		to, _, _ := strings.Cut(attribute(n, "action"), "#")
		if n.DataAtom == atom.Form && to == action && attribute(n, "method") == "post" {
			return fields(n)
		}
	}
	s.T.Fatalf("%s answered %d and has no form for %s:\n%s", p.Path, p.Status, action, p.Text)
	return nil
}

// Link is where the page's first link with this text leads; the test fails where
// there is none.
func (p Page) Link(s *Site, text string) string {
	s.T.Helper()
	root, err := html.Parse(strings.NewReader(p.Text))
	s.Must(err)
	for n := range root.Descendants() {
		if n.DataAtom == atom.A && strings.TrimSpace(textOf(n)) == text {
			return attribute(n, "href")
		}
	}
	s.T.Fatalf("%s answered %d and has no link %q:\n%s", p.Path, p.Status, text, p.Text)
	return ""
}

// Has reports whether the page's text has it, without markup.
func (p Page) Has(text string) bool { return strings.Contains(p.Words(), text) }

// Words is what a reader sees of the page, with one space between words.
func (p Page) Words() string {
	var b bytes.Buffer
	root, err := html.Parse(strings.NewReader(p.Text))
	if err != nil {
		return ""
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func fields(form *html.Node) url.Values {
	values := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if name == "" || has(n, "disabled") {
			continue
		}
		switch n.DataAtom {
		case atom.Input:
			kind := attribute(n, "type")
			if (kind != "checkbox" && kind != "radio") || has(n, "checked") {
				values.Add(name, attribute(n, "value"))
			}
		case atom.Textarea:
			values.Add(name, textOf(n))
		case atom.Select:
			values.Add(name, chosen(n))
		}
	}
	return values
}

// chosen is the value of a list: of the option that is selected, else the first.
func chosen(list *html.Node) string {
	first, found := "", false
	for n := range list.Descendants() {
		if n.DataAtom != atom.Option {
			continue
		}
		value := attribute(n, "value")
		if !has(n, "value") {
			value = strings.TrimSpace(textOf(n))
		}
		if has(n, "selected") {
			return value
		}
		if !found {
			first, found = value, true
		}
	}
	return first
}

func textOf(n *html.Node) string {
	text := ""
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text += d.Data
		}
	}
	return text
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
