package dynamo

import (
	"context"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// A sync describes all workflows at once, so their records are kept many in one
// item: a sheet. One that is full gets no more of them; those it has stay there.
const (
	maxSheet      = 500       // records
	maxSheetBytes = 100 << 10 // packed
)

// sheet is such an item.
type sheet struct {
	workflows []slipway.Workflow
	number    int
	version   int64 // that is stored, 0 if none is
	size      int
	dirty     bool
}

func (s *Store) sheets(ctx context.Context, env string) ([]*sheet, error) {
	first := sheetKey(env, 0)
	found, err := s.query(ctx, below(first.pk, first.sk[:len("w#")]), 0)
	if err != nil {
		return nil, err
	}
	list := make([]*sheet, len(found))
	for i, f := range found {
		doc := bytesOf(f, attrDoc)
		list[i] = &sheet{number: i, version: numberOf(f, attrVersion), size: len(doc)}
		if err := unpack(doc, &list[i].workflows); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sheetWrites are what putting ws takes. One that a newer sync has seen stays.
func (s *Store) sheetWrites(ctx context.Context, env string, ws []slipway.Workflow) ([][]write, error) {
	if len(ws) == 0 {
		return nil, nil
	}
	sheets, err := s.sheets(ctx, env)
	if err != nil {
		return nil, err
	}
	sheets = putOn(sheets, ws)
	var groups [][]write
	for _, sh := range sheets {
		if !sh.dirty {
			continue
		}
		w, err := sh.write(env)
		if err != nil {
			return nil, err
		}
		groups = append(groups, []write{w})
	}
	return groups, nil
}

// putOn puts each workflow in place of its record, or on the last sheet.
func putOn(sheets []*sheet, ws []slipway.Workflow) []*sheet {
	type spot struct {
		*sheet
		i int
	}
	at := map[string]spot{}
	for _, sh := range sheets {
		for i, w := range sh.workflows {
			at[w.ID] = spot{sh, i}
		}
	}
	for _, w := range ws {
		p, known := at[w.ID]
		switch {
		case !known:
			if n := len(sheets); n == 0 || sheets[n-1].full() {
				sheets = append(sheets, &sheet{number: n})
			}
			last := sheets[len(sheets)-1]
			p = spot{last, len(last.workflows)}
			last.workflows, at[w.ID] = append(last.workflows, w), p
		case p.workflows[p.i].Seen > w.Seen:
			continue
		}
		p.workflows[p.i], p.dirty = w, true
	}
	return sheets
}

func (sh *sheet) full() bool { return len(sh.workflows) >= maxSheet || sh.size >= maxSheetBytes }

func (sh *sheet) write(env string) (write, error) {
	doc, err := packFit(sh.workflows)
	return put(sheetKey(env, sh.number), item{attrDoc: bin(doc), attrVersion: num(sh.version + 1)}).asRead(sh.version), err
}

// Workflow implements control.Workflows.
func (s *Store) Workflow(ctx context.Context, env, id string) (slipway.Workflow, error) {
	sheets, err := s.sheets(ctx, env)
	if err != nil {
		return slipway.Workflow{}, s.translate(ctx, "read workflow", err)
	}
	for _, sh := range sheets {
		for _, w := range sh.workflows {
			if w.ID == id {
				return w, nil
			}
		}
	}
	return slipway.Workflow{}, s.translate(ctx, "read workflow", control.UnknownWorkflow(id))
}

// Workflows implements control.Workflows.
func (s *Store) Workflows(ctx context.Context, env string) ([]slipway.Workflow, error) {
	sheets, err := s.sheets(ctx, env)
	if err != nil {
		return nil, s.translate(ctx, "list workflows", err)
	}
	var list []slipway.Workflow
	for _, sh := range sheets {
		list = append(list, sh.workflows...)
	}
	slices.SortFunc(list, func(a, b slipway.Workflow) int { return strings.Compare(a.ID, b.ID) })
	return list, nil
}
