package dynamo

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// finds are the deployments of one sync in the list of all, kept in one item: a
// sync finds its files together. Until a deployment is checked, this is all that
// there is of it.
type finds struct {
	Like slipway.Deployment `json:"like"` // what those that are not checked have in common
	List []find             `json:"list"` // in the order of their places

	byID     map[string]find
	sequence int64
	version  int64 // that is stored, 0 if none is
	dirty    bool
}

// find is one of them, as it was when it was found.
type find struct {
	ID       string `json:"id"`
	Path     string `json:"path"`
	Workflow string `json:"workflow,omitempty"`

	Own *slipway.Deployment `json:"own,omitempty"` // where it has less in common
}

// place is where f stands in the lists of deployments.
func (f find) place(sequence int64) string { return deploymentPlace(sequence, f.Path, f.ID) }

// at gives the one with this id, ok false if there is none.
func (l *finds) at(id string) (f find, ok bool) {
	if l == nil {
		return find{}, false
	}
	f, ok = l.byID[id]
	return f, ok
}

// leads are those that stand in a part of the list of all, in order.
func (l *finds) leads(in part) []lead {
	var list []lead
	for _, f := range l.List {
		if place := f.place(l.sequence); in.lo <= place && place < in.hi {
			list = append(list, lead{place, f.ID})
		}
	}
	return list
}

// open gives a deployment as it is before it is checked.
func (l *finds) open(f find) slipway.Deployment {
	if f.Own != nil {
		return *f.Own
	}
	d := l.Like
	d.ID, d.Path, d.Workflow = f.ID, f.Path, f.Workflow
	return d
}

// put takes d in, in place of what there was with its id.
func (l *finds) put(d slipway.Deployment) {
	f := find{ID: d.ID, Path: d.Path, Workflow: d.Workflow}
	if d.Outcome == slipway.Processing {
		if l.Like.Outcome == "" {
			l.Like = d
			l.Like.ID, l.Like.Path, l.Like.Workflow = "", "", ""
		}
		if !reflect.DeepEqual(l.open(f), d) {
			f.Own = &d
		}
	}
	if was, known := l.byID[d.ID]; !known || !reflect.DeepEqual(was, f) {
		l.byID[d.ID], l.dirty = f, true
	}
}

// drop takes out the one with this id.
func (l *finds) drop(id string) {
	delete(l.byID, id)
	l.dirty = true
}

// write puts l in place of what it was read from; empty, it takes that away.
func (l *finds) write(env string) (write, error) {
	l.List = slices.SortedFunc(maps.Values(l.byID), func(a, b find) int {
		return strings.Compare(a.place(l.sequence), b.place(l.sequence))
	})
	k := findsKey(env, l.sequence)
	if len(l.List) == 0 {
		return remove(k).asRead(l.version), nil
	}
	doc, err := packFit(l)
	return put(k, item{attrDoc: bin(doc), attrVersion: num(l.version + 1)}).asRead(l.version), err
}

func decodeFinds(found item) (*finds, error) {
	l := newFinds(sequenceOf(textOf(found, SortKey)))
	l.version = numberOf(found, attrVersion)
	if err := unpack(bytesOf(found, attrDoc), l); err != nil {
		return nil, err
	}
	for _, f := range l.List {
		l.byID[f.ID] = f
	}
	return l, nil
}

func newFinds(sequence int64) *finds { return &finds{sequence: sequence, byID: map[string]find{}} }

// findsOf reads what was found by the syncs of these sequences; there may be none.
func (s *Store) findsOf(ctx context.Context, env string, sequences []int64) (map[int64]*finds, error) {
	found, err := s.getAll(ctx, findsKeys(env, sequences))
	if err != nil {
		return nil, err
	}
	return findsAmong(found)
}

// findsKeys gives the keys for sequences, each once.
func findsKeys(env string, sequences []int64) []key {
	slices.Sort(sequences)
	var keys []key
	for _, n := range slices.Compact(sequences) {
		keys = append(keys, findsKey(env, n))
	}
	return keys
}

// findsAmong picks them out of items that were read.
func findsAmong(found map[key]item) (map[int64]*finds, error) {
	lists := map[int64]*finds{}
	for k, i := range found {
		if !strings.HasSuffix(k.pk, allDeployments) {
			continue
		}
		l, err := decodeFinds(i)
		if err != nil {
			return nil, err
		}
		lists[l.sequence] = l
	}
	return lists, nil
}
