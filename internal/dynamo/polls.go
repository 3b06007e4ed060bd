package dynamo

import (
	"context"
	"errors"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Poll implements control.Polls.
func (s *Store) Poll(ctx context.Context, env string) (slipway.Poll, error) {
	p, err := one[slipway.Poll](ctx, s, pollKey(env), control.NoPoll(env))
	return p, s.translate(ctx, "read poll", err)
}

// PutPoll implements control.Polls.
func (s *Store) PutPoll(ctx context.Context, p slipway.Poll) error {
	return s.translate(ctx, "put poll", s.putPoll(ctx, p))
}

func (s *Store) putPoll(ctx context.Context, p slipway.Poll) error {
	stored, err := one[slipway.Poll](ctx, s, pollKey(p.Environment), control.NoPoll(p.Environment))
	if err != nil {
		return err
	}
	if p.Version != stored.Version+1 {
		return control.PollMoved(p.Slug)
	}
	record, entries, err := pollWrites(p)
	if err != nil {
		return err
	}
	moved := func(old item) error {
		if len(old) == 0 {
			return control.NoPoll(p.Environment)
		}
		return control.PollMoved(p.Slug)
	}
	writes := []write{record.whenOld(attrVersion+" = :was", item{":was": num(stored.Version)}, moved)}
	if !p.Due.Equal(stored.Due) {
		writes = append(append(writes, removeDue(stored)...), entries...)
	}
	return s.transact(ctx, writes)
}

// pollWrites puts a poll, and its entry among those that are ever due.
func pollWrites(p slipway.Poll) (record write, entries []write, err error) {
	doc, err := packFit(p)
	if err != nil {
		return write{}, nil, err
	}
	if !p.Due.IsZero() {
		entries = []write{put(dueKey(p.Due, p.Environment), item{attrRef: str(p.Environment)})}
	}
	return put(pollKey(p.Environment), item{attrDoc: bin(doc), attrVersion: num(p.Version)}), entries, nil
}

// removeDue deletes the entry of a poll as it is stored.
func removeDue(p slipway.Poll) []write {
	if p.Due.IsZero() {
		return nil
	}
	return []write{remove(dueKey(p.Due, p.Environment))}
}

// removePoll deletes the poll of an environment that is removed.
func (s *Store) removePoll(ctx context.Context, env string) ([]write, error) {
	p, err := one[slipway.Poll](ctx, s, pollKey(env), errAbsent)
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	gone := remove(pollKey(env)).when(attrVersion+" = :was", item{":was": num(p.Version)}, errChanged)
	return append([]write{gone}, removeDue(p)...), nil
}

// DuePolls implements control.Polls.
func (s *Store) DuePolls(ctx context.Context, at time.Time, limit int) ([]slipway.Poll, error) {
	list, err := s.duePolls(ctx, at, limit)
	return list, s.translate(ctx, "list due polls", err)
}

func (s *Store) duePolls(ctx context.Context, at time.Time, limit int) ([]slipway.Poll, error) {
	until := dueKey(at, "")
	entries, err := s.query(ctx, span{pk: until.pk, lo: "!", hi: until.sk + "\U0010ffff"}, limit)
	if err != nil {
		return nil, err
	}
	keys := make([]key, len(entries))
	for i, e := range entries {
		keys[i] = pollKey(textOf(e, attrRef))
	}
	found, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	var items []item
	for _, k := range keys {
		if found[k] != nil {
			items = append(items, found[k])
		}
	}
	return unpackAll[slipway.Poll](items)
}
