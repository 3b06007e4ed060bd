package control

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// DeploymentView is a deployment with what the ledger says of it.
type DeploymentView struct {
	ID        string         `json:"id"`
	Workflow  string         `json:"workflow"`
	Status    slipway.Status `json:"status"`
	Notes     []slipway.Note `json:"notes"`
	Commit    slipway.Commit `json:"commit"`
	Sync      string         `json:"sync"`
	Sequence  int64          `json:"sequence"`
	Digest    string         `json:"digest"`
	CreatedAt time.Time      `json:"createdAt"`
	Path      string         `json:"path"`
	Size      int64          `json:"size"`
}

// DeploymentDetail is a deployment with its build log and settings.
type DeploymentDetail struct {
	DeploymentView
	Settings     slipway.Settings        `json:"settings"`
	SourceDigest string                  `json:"sourceDigest"`
	Packages     map[string]string       `json:"packages"`
	CheckedAt    *time.Time              `json:"checkedAt"`
	FirstLive    int64                   `json:"firstLive,omitempty"` // the release that made it live first
	Rejection    *slipway.Rejection      `json:"rejection"`
	Diagnostics  []diagnostic.Diagnostic `json:"diagnostics"`
}

func viewDeployment(d slipway.Deployment, missing bool, head slipway.Row, at time.Time) DeploymentView {
	return DeploymentView{
		ID: d.ID, Workflow: d.Workflow, Status: slipway.StatusOf(d, head), Notes: slipway.NotesOf(d, missing, head, at),
		Commit: d.Commit, Sync: d.Sync, Sequence: d.Sequence, Digest: d.Digest, CreatedAt: d.CreatedAt, Path: d.Path, Size: d.Size,
	}
}

// Deployments lists deployments, newest first, those of one workflow where the
// filter names it.
func (l *Look) Deployments(ctx context.Context, f DeploymentFilter, page Page) ([]DeploymentView, string, error) {
	if err := f.Validate(); err != nil {
		return nil, "", err
	}
	head, err := l.readHead(ctx)
	if err != nil {
		return nil, "", err
	}
	if f.Workflow != "" {
		if _, err := l.workflow(ctx, f.Workflow); err != nil {
			return nil, "", err
		}
	}
	read := func(page Page) ([]slipway.Deployment, string, error) {
		q := f.query()
		q.Page = page
		return l.p.store.Deployments(ctx, l.env.ID, q)
	}
	if f.Status == slipway.StatusLive {
		read = func(page Page) ([]slipway.Deployment, string, error) { return l.liveOnes(ctx, head, f, page) }
	}
	ds, next, err := filtered(page, read, func(d slipway.Deployment) bool { return f.keeps(d, head) })
	if err != nil {
		return nil, "", fmt.Errorf("read deployments: %w", err)
	}
	missing, err := l.missing(ctx, head, ds)
	if err != nil {
		return nil, "", err
	}
	views := make([]DeploymentView, 0, len(ds))
	for _, d := range ds {
		views = append(views, viewDeployment(d, missing[d.ID], head, l.p.now()))
	}
	return views, next, nil
}

// missing says of deployments which isMissing holds of, by their ids. One read of all workflows stands for one each where several are live.
func (l *Look) missing(ctx context.Context, head slipway.Row, ds []slipway.Deployment) (map[string]bool, error) {
	var live []slipway.Deployment
	for _, d := range ds {
		if slipway.StatusOf(d, head) == slipway.StatusLive {
			live = append(live, d)
		}
	}
	switch len(live) {
	case 0:
		return nil, nil
	case 1:
		is, err := l.isMissing(ctx, head, live[0])
		return map[string]bool{live[0].ID: is}, err
	}
	ws, err := l.records(ctx)
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, w := range ws {
		gone[w.ID] = w.MissingSince != nil
	}
	are := make(map[string]bool, len(live))
	for _, d := range live {
		are[d.ID] = gone[d.Workflow]
	}
	return are, nil
}

// isMissing reports whether d is live and the file of its workflow is not in the
// repository any more.
func (l *Look) isMissing(ctx context.Context, head slipway.Row, d slipway.Deployment) (bool, error) {
	if slipway.StatusOf(d, head) != slipway.StatusLive {
		return false, nil
	}
	w, err := l.record(ctx, d.Workflow)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, fmt.Errorf("read workflow: %w", err)
	}
	return err == nil && w.MissingSince != nil, nil
}

// liveOnes is a page of what is live, which the head says: by sequence, newest
// first, then by workflow. Its cursor names the last one.
func (l *Look) liveOnes(ctx context.Context, head slipway.Row, f DeploymentFilter, page Page) ([]slipway.Deployment, string, error) {
	type place struct {
		sequence int64
		workflow string
		id       string
	}
	var places []place
	for id, w := range head.State.Workflows {
		if w.Live != nil && (f.Workflow == "" || f.Workflow == id) {
			places = append(places, place{w.Live.Sequence, id, w.Live.Deployment})
		}
	}
	order := func(a, b place) int {
		return cmp.Or(cmp.Compare(b.sequence, a.sequence), cmp.Compare(a.workflow, b.workflow))
	}
	slices.SortFunc(places, order)
	if page.Cursor != "" {
		number, workflow, _ := strings.Cut(page.Cursor, " ")
		sequence, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, "", fault.New(fault.Invalid, "bad-cursor", "the cursor is not one that this list gave").
				WithHint("start again without a cursor, with the same filters on every page")
		}
		after := place{sequence: sequence, workflow: workflow}
		places = slices.DeleteFunc(places, func(x place) bool { return order(x, after) <= 0 })
	}
	var ds []slipway.Deployment
	for i, x := range places {
		if i == pageSize(page.Limit) {
			return ds, fmt.Sprint(places[i-1].sequence, " ", places[i-1].workflow), nil
		}
		d, err := l.deployment(ctx, x.id)
		if err != nil {
			return nil, "", fmt.Errorf("read deployment: %w", err)
		}
		if strings.HasPrefix(d.Commit.SHA, strings.ToLower(f.Commit)) {
			ds = append(ds, d)
		}
	}
	return ds, "", nil
}

// Deployment reads one by its id.
func (l *Look) Deployment(ctx context.Context, id string) (DeploymentDetail, error) {
	head, err := l.readHead(ctx)
	if err != nil {
		return DeploymentDetail{}, err
	}
	d, err := l.deployment(ctx, id)
	if err != nil {
		return DeploymentDetail{}, fmt.Errorf("read deployment: %w", unknownIn(err, l.env, "deployment", id, "workflows", fault.EnvArg))
	}
	missing, err := l.isMissing(ctx, head, d)
	if err != nil {
		return DeploymentDetail{}, err
	}
	v := DeploymentDetail{
		DeploymentView: viewDeployment(d, missing, head, l.p.now()), Settings: d.Settings, SourceDigest: d.SourceDigest,
		Packages: d.Packages, CheckedAt: d.CheckedAt, Diagnostics: d.Diagnostics,
	}
	if d.WasLive(head.Number) {
		v.FirstLive = d.FirstLive
	}
	if r, ok := head.State.Rejected[d.Code]; ok {
		v.Rejection = &r
	}
	return v, nil
}
