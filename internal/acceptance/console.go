package acceptance

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// browser is somebody in the console: it keeps its session and sends forms.
type browser struct {
	*team
	client *http.Client
	cookie string
}

func (m *team) browser() *browser {
	client := *m.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{team: m, client: &client}
}

// ask sends a request, a form where there is one.
func (b *browser) ask(method, path string, form url.Values) reply {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.cookie != "" {
		req.Header.Set("Cookie", b.cookie)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range resp.Cookies() {
		b.cookie = k.Name + "=" + k.Value
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// page opens one that must be there.
func (b *browser) page(path string) string {
	b.Helper()
	r := b.ask(http.MethodGet, path, nil)
	if r.status != http.StatusOK {
		b.Fatalf("%s: %d %s", path, r.status, r.text)
	}
	return r.text
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// submit sends the form of a page that goes to an address, with further fields,
// and gives where it leads.
func (b *browser) submit(page, to string, more ...string) string {
	b.Helper()
	_, form, ok := strings.Cut(page, `<form method="post" action="`+to+`"`)
	if !ok {
		b.Fatalf("there is no form to %s in %s", to, page)
	}
	form, _, _ = strings.Cut(form, "</form>")
	values := url.Values{}
	for _, field := range hiddenField.FindAllStringSubmatch(form, -1) {
		values.Set(field[1], html.UnescapeString(field[2]))
	}
	for i := 0; i < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	r := b.ask(http.MethodPost, to, values)
	if r.status != http.StatusSeeOther {
		b.Fatalf("the form to %s: %d %s", to, r.status, r.text)
	}
	return r.header.Get("Location")
}

// consoleAtNight: a person signs in with a token, syncs, and rolls back.
func consoleAtNight(m *team) {
	m.push("Good", "claims", tokens, "good")
	m.connect()
	b := m.browser()
	if r := b.ask(http.MethodGet, "/console/environments/"+m.env, nil); r.status != http.StatusSeeOther || !strings.HasPrefix(r.header.Get("Location"), "/console/sign-in?") {
		m.Fatalf("without a session: %d %s", r.status, r.header.Get("Location"))
	}
	b.submit(b.page("/console/sign-in"), "/console/sign-in", "token", m.Token)
	home := "/console/environments/" + m.env
	b.submit(b.page(home), home+"/syncs")
	first := m.want(200, "GET", m.base+"/syncs", "").list("syncs")
	if len(first) != 1 {
		m.Fatalf("there are %d syncs", len(first))
	}
	id, _ := first[0].(map[string]any)["id"].(string)
	m.ends(id, "succeeded")
	good := m.workflow("claims").str("live.deployment")
	m.push("Bad", "claims", tokens, "bad")
	m.sync("succeeded")

	command := home + "/workflows/claims/roll-back"
	if page := b.page(home + "/workflows/claims"); !strings.Contains(page, command) {
		m.Fatalf("the workflow offers no roll back: %s", page)
	}
	after := b.submit(b.page(command), command, "reason", "it is night")
	if page := b.page(after); !strings.Contains(page, "Roll back done.") || !strings.Contains(page, "it is night") {
		m.Errorf("the page after it says nothing of it: %s", page)
	}
	w := m.workflow("claims")
	m.same("live", w.str("live.deployment"), good)
	m.same("hold", w.str("hold.reason"), "it is night")
	if r := b.ask(http.MethodPost, command, url.Values{"csrf": {"AAAA"}}); r.status != http.StatusForbidden {
		m.Errorf("a forged form: %d", r.status)
	}
}
