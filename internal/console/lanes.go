package console

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"github.com/slipway-dev/slipway/internal/control"
)

// The picture: a lane a workflow, a column a release.
const (
	laneHeight = 26
	laneLabel  = 150 // wide
	columnWide = 28
	maxLanes   = 20
	laneColors = 6
	textWide   = 2 * columnWide // from which on a segment has its commit in it
)

// lanesView is a picture of what was live of each workflow, release by release.
type lanesView struct {
	Wide, High int
	Lanes      []lane
	Ticks      []tick
	LeftOut    []string // workflows that moved and have no lane
	From, To   int64    // releases
}

type lane struct {
	Workflow string
	Y        int
	Segments []segment
}

// segment is a stretch of releases in which one deployment was live.
type segment struct {
	X, Wide    int
	Color      int
	Deployment string
	Commit     string // "" where there is no room for it
	Title      string
}

type tick struct {
	X      int
	Number int64
	Shown  bool // its number is written
}

// lanes reads the newest releases, and what was live before them.
func (c *console) lanes(v *visit, workflow string) (*lanesView, error) {
	list, _, err := c.Plane.Releases(v.ctx(), v.env, control.ReleaseFilter{}, control.Page{Limit: lanesLength})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	head, err := c.Plane.Release(v.ctx(), v.env, list[0].Number)
	if err != nil {
		return nil, err
	}
	live := map[string]held{}
	for id, l := range head.Live {
		live[id] = held{l.Deployment, l.Commit}
	}
	return drawLanes(list, live, workflow), nil
}

// held is what a lane shows at one release.
type held struct{ deployment, commit string }

// drawLanes goes back from what is live after the newest of releases, which come
// newest first. Of the workflows those that moved have a lane, or the one that is
// asked for.
func drawLanes(releases []control.ReleaseView, live map[string]held, only string) *lanesView {
	columns := len(releases)
	v := &lanesView{
		From: releases[columns-1].Number, To: releases[0].Number, Wide: laneLabel + columns*columnWide,
	}
	now := maps.Clone(live)
	tracks := map[string][]held{} // by workflow, oldest first
	for i, r := range releases {
		for _, ch := range r.Changes {
			if tracks[ch.Workflow] == nil && (only == "" || only == ch.Workflow) {
				tracks[ch.Workflow] = make([]held, columns)
				for k := range i { // since then it stayed
					tracks[ch.Workflow][columns-1-k] = now[ch.Workflow]
				}
			}
		}
		for id := range tracks {
			tracks[id][columns-1-i] = now[id]
		}
		for _, ch := range r.Changes {
			now[ch.Workflow] = held{ch.From, ch.FromCommit}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(tracks)) {
		if len(v.Lanes) == maxLanes {
			v.LeftOut = append(v.LeftOut, id)
			continue
		}
		v.Lanes = append(v.Lanes, lane{Workflow: id, Y: len(v.Lanes) * laneHeight, Segments: segments(tracks[id], v.From)})
	}
	every := max(1, (columns+9)/10)
	for i := range columns {
		n := v.From + int64(i)
		v.Ticks = append(v.Ticks, tick{laneLabel + i*columnWide, n, (columns-1-i)%every == 0})
	}
	v.High = len(v.Lanes)*laneHeight + laneHeight
	return v
}

// segments joins the columns of a lane in which the same is live.
func segments(track []held, first int64) []segment {
	var out []segment
	for i := 0; i < len(track); {
		end := i + 1
		for end < len(track) && track[end] == track[i] {
			end++
		}
		if t := track[i]; t.deployment != "" {
			s := segment{X: laneLabel + i*columnWide, Wide: (end - i) * columnWide, Color: color(t.commit), Deployment: t.deployment}
			s.Title = fmt.Sprintf("%s was live in %s", words(t.commit), span(first+int64(i), first+int64(end-1)))
			if s.Wide >= textWide {
				s.Commit = words(t.commit)
			}
			out = append(out, s)
		}
		i = end
	}
	return out
}

func span(from, to int64) string {
	if from == to {
		return fmt.Sprintf("release %d", from)
	}
	return fmt.Sprintf("releases %d to %d", from, to)
}

// color is the same for the same commit, whatever else is in the picture.
func color(commit string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(cmp.Or(commit, "-"))) // it never fails
	return int(h.Sum32() % laneColors)
}
