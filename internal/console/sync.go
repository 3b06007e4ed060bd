package console

import (
	"cmp"
	"path"
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// syncPage is the model of the page sync.
type syncPage struct {
	*syncView
	Timeline []stepView
	Files    []fileRow
	Pages    pageLinks
	Found    int // files
	Checked  int // of them
	Pruned   int // deployments that are not kept any more
	Log      []logLine
	Releases []control.ReleaseView
	Farther  bool // releases may be further back than was looked
	Done     string
}

// fileRow is what a sync says of one file.
type fileRow struct {
	control.DeploymentView
	Messages string                 // how many, "" for none
	First    *diagnostic.Diagnostic // the first error of a file that failed, cut to what a row holds
}

// Folder is the path without the name.
func (f fileRow) Folder() string {
	folder, _ := path.Split(f.Path)
	return folder
}

// Base is the path's last element, the name.
func (f fileRow) Base() string { return path.Base(f.Path) }

const filesPerPage = 50

// sync shows one: its steps, what it says of the repository, and a verdict for each
// file, those that failed first.
func (c *console) sync(v *visit) (answer, error) {
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	d, err := l.SyncByID(v.ctx(), v.path("sync"))
	if err != nil {
		return answer{}, err
	}
	m := syncPage{syncView: viewSync(&d.Sync), Found: len(d.Deployments), Log: logOf(ofRepository(d.Sync.Diagnostics)), Done: v.query("done")}
	if err := c.leadOn(v, nil, []*syncView{m.syncView}); err != nil {
		return answer{}, err
	}
	m.Timeline = m.timeline(c.Now())
	for _, f := range d.Deployments {
		if f.Status != slipway.StatusProcessing {
			m.Checked++
		}
	}
	m.Pruned = max(0, d.Counts.Found-m.Found)
	if err := m.files(v, l, d.Deployments); err != nil {
		return answer{}, err
	}
	if m.Releases, m.Farther, err = releasesOf(v, l, d.Sync); err != nil {
		return answer{}, err
	}
	a := answer{page: "sync", title: "Sync " + text(d.Sync.Sequence) + " · " + v.env, tab: "syncs", model: m, poll: idlePoll}
	if !m.Ended() {
		a.poll = busyPoll + m.Found/manyFiles
	}
	return a, nil
}

// manyFiles are so many that a page about them looks a second later for each time
// that it has as many.
const manyFiles = 500

// ofRepository leaves out what deployments have in their own build logs. What fails
// the sync comes before what might help.
func ofRepository(all []diagnostic.Diagnostic) []diagnostic.Diagnostic {
	own := slices.DeleteFunc(slices.Clone(all), func(d diagnostic.Diagnostic) bool { return !d.Code.OfRepository() })
	slices.SortStableFunc(own, func(a, b diagnostic.Diagnostic) int {
		return cmp.Compare(isError(b), isError(a))
	})
	return own
}

func isError(d diagnostic.Diagnostic) int {
	if d.Severity == diagnostic.Error {
		return 1
	}
	return 0
}

// files fills in a page of verdicts, those that failed first, with what their build
// logs say.
func (m *syncPage) files(v *visit, l *control.Look, all []control.DeploymentView) error {
	slices.SortStableFunc(all, func(a, b control.DeploymentView) int {
		return cmp.Or(cmp.Compare(verdict(a.Status), verdict(b.Status)), cmp.Compare(a.Path, b.Path))
	})
	all, m.Pages = cut(all, v, filesPerPage)
	var ids []string
	for _, d := range all {
		m.Files = append(m.Files, fileRow{DeploymentView: d})
		if d.Status != slipway.StatusProcessing {
			ids = append(ids, d.ID)
		}
	}
	logs, err := l.BuildLogs(v.ctx(), ids)
	if err != nil {
		return err
	}
	for i := range m.Files {
		f := &m.Files[i]
		if at := slices.Index(ids, f.ID); at >= 0 {
			f.say(logs[at])
		}
	}
	return nil
}

// verdict orders files: what somebody has to look at comes first.
func verdict(s slipway.Status) int {
	switch s {
	case slipway.StatusFailed:
		return 0
	case slipway.StatusProcessing:
		return 2
	default:
		return 1
	}
}

// say takes from a build log what a row shows of it.
func (f *fileRow) say(log []diagnostic.Diagnostic) {
	errors, warnings, notes := 0, 0, 0
	for _, d := range log {
		switch d.Severity {
		case diagnostic.Error:
			if errors++; f.First == nil {
				d.Message, d.Hint = cutText(d.Message), cutText(d.Hint)
				f.First = &d
			}
		case diagnostic.Warning:
			warnings++
		case diagnostic.Note:
			notes++
		}
	}
	for _, part := range []struct {
		n    int
		what string
	}{{errors, "error"}, {warnings, "warning"}, {notes, "note"}} {
		if part.n > 0 && f.Messages != "" {
			f.Messages += ", "
		}
		if part.n > 0 {
			f.Messages += count(part.n, part.what)
		}
	}
}

// cutText is the beginning of a text that is too long for a row.
func cutText(text string) string {
	const most = 160
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

// Bounds on the search for a sync's releases in the ledger, which is read from its
// head.
const (
	farthest = 10          // pages, each of all that one list looks at
	skew     = time.Minute // that clocks of different machines may differ by
)

// releasesOf are the releases that a sync wrote, oldest first. farther says that
// there may be more, further back than was looked.
func releasesOf(v *visit, l *control.Look, s slipway.Sync) (rs []control.ReleaseView, farther bool, err error) {
	last := stepNames()[len(stepNames())-1] // no other writes any
	if !slices.ContainsFunc(s.Steps, func(t slipway.StepTime) bool { return t.Step == last }) {
		return nil, false, nil
	}
	since := s.RequestedAt.Add(-skew)
	f := control.ReleaseFilter{Sync: s.ID, Span: control.Span{Since: &since}}
	page := control.Page{Limit: historyLength}
	for range farthest {
		var found []control.ReleaseView
		found, page.Cursor, err = l.Releases(v.ctx(), f, page)
		if err != nil {
			return nil, false, err
		}
		rs = append(rs, found...)
		if page.Cursor == "" {
			break
		}
	}
	slices.Reverse(rs)
	return rs, page.Cursor != "", nil
}
