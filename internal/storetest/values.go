package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func isolationCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"environments do not mix": isolated,
	}
}

// isolated fills two environments with the same ids and other contents.
func isolated(t *testing.T, s control.Store) {
	type contents struct {
		env  string
		sync slipway.Sync
		d    slipway.Deployment
		w    slipway.Workflow
		row  slipway.Row
	}
	var all []contents
	for i, e := range []slipway.Environment{newEnvironment(t, s), newEnvironment(t, s)} {
		c := contents{env: e.ID, sync: aSync(e.ID, "sync_same")}
		c.sync.Snapshot = fmt.Sprint("snapshot of ", i)
		c.sync = value(Begin(t.Context(), s, c.sync))(t)
		c.d = aDeployment(c.sync, "same", "same.ts", slipway.Valid)
		c.d.Digest = fmt.Sprint("digest of ", i)
		c.w = aWorkflow(c.d)
		c.w.Name = fmt.Sprint("name of ", i)
		ok(t, s.PutDeployments(t.Context(), c.sync.Fence(), []slipway.Deployment{c.d}, []slipway.Workflow{c.w}))
		c.row = after(slipway.Row{}, "row_same", c.d)
		c.row.Reason = fmt.Sprint("reason of ", i)
		c.row.Changes[0].First = i == 0 // the mark belongs to one of them
		f := c.sync.Fence()
		c.row = value(s.Append(t.Context(), e.ID, c.row, &f))(t)
		all = append(all, c)
	}
	all[0].d.FirstLive = 1
	for _, c := range all {
		same(t, "sync", value(s.Sync(t.Context(), c.env, c.sync.ID))(t), c.sync)
		same(t, "syncs", pages(t, syncsOf(t.Context(), s, c.env), 0), []slipway.Sync{c.sync})
		same(t, "deployment", value(s.Deployment(t.Context(), c.env, c.d.ID))(t), c.d)
		same(t, "deployments", pages(t, deploymentsOf(t.Context(), s, c.env, control.DeploymentQuery{}), 0), listed(c.d))
		same(t, "workflow", value(s.Workflow(t.Context(), c.env, c.w.ID))(t), c.w)
		same(t, "workflows", value(s.Workflows(t.Context(), c.env))(t), []slipway.Workflow{c.w})
		same(t, "head", value(s.Head(t.Context(), c.env))(t), c.row)
		same(t, "row by id", value(s.RowByID(t.Context(), c.env, "row_same"))(t), c.row)
		same(t, "rows", pages(t, rowsOf(t.Context(), s, c.env), 0), []slipway.Row{bare(c.row)})
	}
	f := all[0].sync.Fence()
	_, err := s.Append(t.Context(), all[1].env, after(all[1].row, "row_2"), &f)
	refused(t, err, "lease-lost", "lease-lost")
	err = s.PutDeployments(t.Context(), f, []slipway.Deployment{all[1].d}, nil)
	refused(t, err, "lease-lost", "lease-lost")
}

func valueCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"values/any text":                  anyText,
		"values/times keep every digit":    times,
		"values/what is empty stays empty": emptyValues,
	}
}

// anyText stores words that a careless store would cut, fold or run.
func anyText(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	head := slipway.Row{}
	for i, text := range []string{
		"'; DROP TABLE ledger; --", `"quoted" \ back`, "two\nlines\r\n\ttab", "nul\x00inside", "\x00", "ünïcödé 日本語 🚀", "e\u0301 is not \u00e9",
		"%_*?[]", "\u2028\u2029\ufeff", "<script>&amp;</script>", " spaces ", "\U0010ffff", "NULL",
	} {
		sync := aSync(e.ID, fmt.Sprintf("sync %d %s", i, text))
		sync.Commit.Message, sync.Commit.Author = text, text
		sync = value(Begin(t.Context(), s, sync))(t)
		same(t, "sync", value(s.Sync(t.Context(), e.ID, sync.ID))(t), sync)
		d := aDeployment(sync, "w"+text, "p/"+text, slipway.Valid)
		d.Settings.Name, d.Settings.Trigger = text, text
		w := aWorkflow(d)
		ok(t, s.PutDeployments(t.Context(), sync.Fence(), []slipway.Deployment{d}, []slipway.Workflow{w}))
		same(t, "deployment", value(s.Deployment(t.Context(), e.ID, d.ID))(t), d)
		same(t, "workflow", value(s.Workflow(t.Context(), e.ID, w.ID))(t), w)
		q := control.DeploymentQuery{Workflow: w.ID}
		same(t, "deployments", pages(t, deploymentsOf(t.Context(), s, e.ID, q), 1), listed(d))
		row := after(head, "row "+text, d)
		row.Reason, row.Notes = text, []string{text}
		head = value(s.Append(t.Context(), e.ID, row, nil))(t)
		same(t, "row", value(s.RowByID(t.Context(), e.ID, row.ID))(t), row)
	}
}

func times(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	head := slipway.Row{}
	for i, at := range []time.Time{
		moment(0),
		{},
		time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(1969, 7, 20, 20, 17, 40, 1, time.UTC),
		moment(0).Truncate(time.Second),
	} {
		row := after(head, fmt.Sprint("row_", i))
		row.At = at
		head = value(s.Append(t.Context(), e.ID, row, nil))(t)
		got := value(s.Head(t.Context(), e.ID))(t).At
		if !got.Equal(at) || got.Location() != time.UTC {
			t.Errorf("wrote %v, read %v", at, got)
		}
	}
}

func emptyValues(t *testing.T, s control.Store) {
	e := slipway.Environment{ID: "env_" + unique(), Slug: unique()}
	ok(t, s.CreateEnvironment(t.Context(), e, []slipway.Row{}))
	same(t, "environment", value(s.Environment(t.Context(), e.Slug))(t), e)
	sync := value(Begin(t.Context(), s, slipway.Sync{ID: "s", Environment: e.ID, Status: slipway.SyncQueued}))(t)
	same(t, "sync", sync, slipway.Sync{ID: "s", Environment: e.ID, Sequence: 1, Status: slipway.SyncQueued})
	d := slipway.Deployment{ID: "d", Environment: e.ID, Sequence: sync.Sequence, Outcome: slipway.Processing}
	w := slipway.Workflow{ID: "w", Environment: e.ID}
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), []slipway.Deployment{d}, []slipway.Workflow{w}))
	same(t, "deployment", value(s.Deployment(t.Context(), e.ID, "d"))(t), d)
	same(t, "deployments", pages(t, deploymentsOf(t.Context(), s, e.ID, control.DeploymentQuery{}), 0), listed(d))
	same(t, "workflow", value(s.Workflow(t.Context(), e.ID, "w"))(t), w)
	row := slipway.Row{Number: 1, ID: "r"}
	value(s.Append(t.Context(), e.ID, row, nil))(t)
	same(t, "row", value(s.Head(t.Context(), e.ID))(t), row)
}
