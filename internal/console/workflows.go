package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// workflowsPage is the model of the page workflows, an environment's home.
type workflowsPage struct {
	Environment control.EnvironmentView
	Running     *syncView
	Waiting     *syncView
	Last        *syncView
	Rows        []workflowRow
	Attention   int // of all workflows
	Query       string
	Show        string
	Filters     []filterLink
	Pages       pageLinks
	Done        *doneNote
}

type workflowRow struct {
	control.BoardEntry
	Attention string // the word for what asks for somebody, "" for nothing
}

// filterLink is a choice of what is listed.
type filterLink struct {
	Key   string
	Text  string
	Count int
	Here  bool
}

const workflowsPerPage = 50

// workflows is an environment's home: what needs attention first.
func (c *console) workflows(v *visit) (answer, error) {
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	b, err := l.Board(v.ctx())
	if err != nil {
		return answer{}, err
	}
	m := workflowsPage{
		Environment: b.Environment, Running: viewSync(b.Running), Waiting: viewSync(b.Waiting), Query: v.query("q"), Show: v.query("show"),
	}
	if b.Running == nil {
		m.Last = viewSync(b.Environment.LastSync)
	}
	rows := make([]workflowRow, 0, len(b.Workflows))
	for _, e := range b.Workflows {
		rows = append(rows, workflowRow{e, attention(e)})
	}
	m.Filters, m.Attention = filtersOf(rows, m.Show)
	rows = slices.DeleteFunc(rows, func(r workflowRow) bool { return !selects(m.Show, r) || !matches(m.Query, r) })
	slices.SortStableFunc(rows, func(a, b workflowRow) int {
		return cmp.Or(cmp.Compare(urgency(a.Attention), urgency(b.Attention)), cmp.Compare(a.ID, b.ID))
	})
	m.Rows, m.Pages = cut(rows, v, workflowsPerPage)
	entries := make([]control.BoardEntry, 0, len(m.Rows))
	for _, r := range m.Rows {
		entries = append(entries, r.BoardEntry)
	}
	if err := l.Commits(v.ctx(), entries); err != nil {
		return answer{}, err
	}
	for i, e := range entries {
		m.Rows[i].BoardEntry = e
	}
	if m.Done, err = c.done(v, l); err != nil {
		return answer{}, err
	}
	a := answer{page: "workflows", title: v.env, tab: "workflows", model: m, poll: idlePoll}
	if m.Running != nil || m.Waiting != nil {
		a.poll = busyPoll
	}
	return a, nil
}

// attention says in a word why somebody should look at a workflow.
func attention(e control.BoardEntry) string {
	switch {
	case e.Why.Code == slipway.WhyNeverValid || e.Latest.Status == slipway.StatusFailed:
		return "failing"
	case e.MissingSince != nil:
		return "missing"
	case e.KeptBack != "":
		return "kept back"
	}
	switch e.Why.Code {
	case slipway.WhyRejected, slipway.WhyTriggerInUse, slipway.WhyNoRoom:
		return "kept back"
	case slipway.WhyAutoLiveOff, slipway.WhyFrozen, slipway.WhyWaiting:
		return "waiting"
	default:
		return ""
	}
}

func urgency(attention string) int {
	order := []string{"failing", "missing", "kept back", "waiting", ""}
	return slices.Index(order, attention)
}

// selects reports whether a row is of what the filter shows.
func selects(show string, r workflowRow) bool {
	switch show {
	case "attention":
		return r.Attention != ""
	case "failing":
		return r.Attention == "failing"
	case "held":
		return r.Hold != nil
	case "off":
		return r.Live == nil
	}
	return true
}

func matches(query string, r workflowRow) bool {
	text := strings.ToLower(r.ID + " " + r.Name + " " + r.Trigger + " " + r.Path)
	return strings.Contains(text, strings.ToLower(query))
}

func filtersOf(rows []workflowRow, show string) (links []filterLink, attention int) {
	links = []filterLink{{Text: "All"}, {Key: "attention", Text: "Needs attention"}, {Key: "failing", Text: "Failing"}, {Key: "held", Text: "Held"}, {Key: "off", Text: "Not live"}}
	for i := range links {
		links[i].Here = links[i].Key == show
		for _, r := range rows {
			if selects(links[i].Key, r) {
				links[i].Count++
			}
		}
	}
	return links, links[1].Count
}

// pageLinks lead through a list that is cut into pages.
type pageLinks struct {
	From, To, Of   int
	Before, Behind string // addresses, "" for none
}

// cut gives the page of a list that the address asks for.
func cut[T any](all []T, v *visit, size int) ([]T, pageLinks) { return cutBy("page", all, v, size) }

// cutBy is cut where a page has several lists, each with a parameter of its own.
func cutBy[T any](name string, all []T, v *visit, size int) ([]T, pageLinks) {
	n, err := strconv.Atoi(v.query(name))
	last := max(1, (len(all)+size-1)/size)
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, last)
	from, to := (n-1)*size, min(n*size, len(all))
	p := pageLinks{From: min(from+1, to), To: to, Of: len(all)}
	if n > 1 {
		p.Before = v.with(name, strconv.Itoa(n-1))
	}
	if n < last {
		p.Behind = v.with(name, strconv.Itoa(n+1))
	}
	return all[from:to], p
}

// with is the address of this page with another value of a parameter.
func (v *visit) with(name, value string) string {
	q := v.r.URL.Query()
	q.Del("done")
	q.Set(name, value)
	return v.r.URL.EscapedPath() + "?" + q.Encode()
}
