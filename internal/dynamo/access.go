package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// CreateToken implements control.Tokens.
func (s *Store) CreateToken(ctx context.Context, t slipway.Token) error {
	doc, err := packFit(t)
	if err != nil {
		return err
	}
	token := put(tokenKey(t.ID), item{attrDoc: bin(doc), attrVersion: num(t.Version)}).when(absent, nil, control.TokenExists(t.ID))
	return s.translate(ctx, "create token", s.transact(ctx, []write{token}))
}

// UpdateToken implements control.Tokens.
func (s *Store) UpdateToken(ctx context.Context, t slipway.Token) error {
	doc, err := packFit(t)
	if err != nil {
		return err
	}
	token := put(tokenKey(t.ID), item{attrDoc: bin(doc), attrVersion: num(t.Version)}).
		whenOld(attrVersion+" = :was", item{":was": num(t.Version - 1)}, func(old item) error {
			if len(old) == 0 {
				return control.UnknownToken(t.ID)
			}
			return control.TokenChanged(t.ID)
		})
	return s.translate(ctx, "update token", s.transact(ctx, []write{token}))
}

// Token implements control.Tokens.
func (s *Store) Token(ctx context.Context, id string) (slipway.Token, error) {
	t, err := one[slipway.Token](ctx, s, tokenKey(id), control.UnknownToken(id))
	return t, s.translate(ctx, "read token", err)
}

// Tokens implements control.Tokens.
func (s *Store) Tokens(ctx context.Context) ([]slipway.Token, error) {
	list, err := all[slipway.Token](ctx, s, below(tokenKey("").pk, tokenKey("").sk))
	return list, s.translate(ctx, "list tokens", err)
}

// ClaimAnswer implements control.Answers.
func (s *Store) ClaimAnswer(ctx context.Context, a slipway.Answer) (stored slipway.Answer, claimed bool, err error) {
	answer, err := answerOf(a)
	if err != nil {
		return slipway.Answer{}, false, err
	}
	var seen item
	claim := answer.whenOld(absent+" OR "+attrUntil+" <= :at", item{":at": num(a.At.UnixNano())}, func(old item) error {
		seen = old
		return errStored
	})
	err = s.transact(ctx, []write{claim})
	if errors.Is(err, errStored) {
		err = unpack(bytesOf(seen, attrDoc), &stored)
		return stored, false, s.translate(ctx, "claim answer", err)
	}
	return a, err == nil, s.translate(ctx, "claim answer", err)
}

// PutAnswer implements control.Answers.
func (s *Store) PutAnswer(ctx context.Context, a slipway.Answer) error {
	answer, err := answerOf(a)
	if err != nil {
		return err
	}
	return s.translate(ctx, "put answer", s.transact(ctx, []write{answer}))
}

// answerOf puts an answer, which DynamoDB deletes some time after its end.
func answerOf(a slipway.Answer) (write, error) {
	doc, err := packFit(a)
	if err != nil {
		return write{}, err
	}
	return put(answerKey(a.Key), item{
		attrDoc: bin(doc), attrUntil: num(a.Expires.UnixNano()), TimeToLive: num(a.Expires.Unix() + 1),
	}), nil
}

// DropAnswer implements control.Answers.
func (s *Store) DropAnswer(ctx context.Context, key string) error {
	return s.translate(ctx, "drop answer", s.transact(ctx, []write{remove(answerKey(key))}))
}

// DropAnswers implements control.Answers. The table forgets by itself.
func (s *Store) DropAnswers(ctx context.Context, _ time.Time) error { return ctx.Err() }

// keyBytes is how long an installation's own keys are.
const keyBytes = 32

// Key implements control.Keys.
func (s *Store) Key(ctx context.Context, name string) ([]byte, error) {
	var made []byte
	err := s.redo(ctx, func() (err error) {
		if made, err = one[[]byte](ctx, s, ownKeyKey(name), errAbsent); !errors.Is(err, errAbsent) {
			return err
		}
		made = make([]byte, keyBytes)
		if _, err := rand.Read(made); err != nil {
			return err
		}
		doc, err := pack(made)
		if err != nil {
			return err
		}
		return s.transact(ctx, []write{put(ownKeyKey(name), item{attrDoc: bin(doc)}).when(absent, nil, errChanged)})
	})
	return made, s.translate(ctx, "read key", err)
}
