package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	insertToken = `INSERT INTO tokens (id, version, document) VALUES (?, ?, ?)`
	updateToken = `UPDATE tokens SET version = ?, document = ? WHERE id = ?` //nolint:gosec // a statement, not a token
	readToken   = `SELECT document FROM tokens WHERE id = ?`
	listTokens  = `SELECT document FROM tokens ORDER BY id`

	readAnswer = `SELECT document FROM answers WHERE key = ? AND expires > ?`
	putAnswer  = `INSERT INTO answers (key, expires, document) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET expires = excluded.expires, document = excluded.document`
	dropAnswer  = `DELETE FROM answers WHERE key = ?`
	dropAnswers = `DELETE FROM answers WHERE expires < ?`
	anyAnswers  = `SELECT 1 FROM answers WHERE expires < ? LIMIT 1`

	readKey   = `SELECT bytes FROM keys WHERE name = ?`
	insertKey = `INSERT INTO keys (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`
)

// CreateToken implements control.Tokens.
func (s *Store) CreateToken(ctx context.Context, t slipway.Token) error {
	document, err := encode(t)
	if err != nil {
		return err
	}
	return s.write(ctx, "create token", func(tx *sql.Tx) error {
		_, err := one[slipway.Token](ctx, s, tx, sql.ErrNoRows, readToken, t.ID)
		if err == nil {
			return control.TokenExists(t.ID)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return exec(ctx, tx, insertToken, t.ID, t.Version, document)
	})
}

// UpdateToken implements control.Tokens.
func (s *Store) UpdateToken(ctx context.Context, t slipway.Token) error {
	document, err := encode(t)
	if err != nil {
		return err
	}
	return s.write(ctx, "update token", func(tx *sql.Tx) error {
		stored, err := one[slipway.Token](ctx, s, tx, control.UnknownToken(t.ID), readToken, t.ID)
		if err != nil {
			return err
		}
		if t.Version != stored.Version+1 {
			return control.TokenChanged(t.ID)
		}
		return exec(ctx, tx, updateToken, t.Version, document, t.ID)
	})
}

// Token implements control.Tokens.
func (s *Store) Token(ctx context.Context, id string) (slipway.Token, error) {
	defer s.timed("read token")()
	t, err := one[slipway.Token](ctx, s, s.readers, control.UnknownToken(id), readToken, id)
	return t, s.translate(ctx, "read token", err)
}

// Tokens implements control.Tokens.
func (s *Store) Tokens(ctx context.Context) ([]slipway.Token, error) {
	defer s.timed("list tokens")()
	list, err := all(ctx, s.readers, document[slipway.Token](s), listTokens)
	return list, s.translate(ctx, "list tokens", err)
}

// ClaimAnswer implements control.Answers.
func (s *Store) ClaimAnswer(ctx context.Context, a slipway.Answer) (slipway.Answer, bool, error) {
	stored, claimed := a, false
	err := s.write(ctx, "claim answer", func(tx *sql.Tx) error {
		before, err := one[slipway.Answer](ctx, s, tx, sql.ErrNoRows, readAnswer, a.Key, a.At.UnixNano())
		if stored, claimed = before, false; err == nil {
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		stored, claimed = a, true
		return writeAnswer(ctx, tx, a)
	})
	return stored, claimed && err == nil, err
}

// PutAnswer implements control.Answers.
func (s *Store) PutAnswer(ctx context.Context, a slipway.Answer) error {
	return s.write(ctx, "put answer", func(tx *sql.Tx) error { return writeAnswer(ctx, tx, a) })
}

func writeAnswer(ctx context.Context, tx *sql.Tx, a slipway.Answer) error {
	document, err := encode(a)
	if err != nil {
		return err
	}
	return exec(ctx, tx, putAnswer, a.Key, a.Expires.UnixNano(), document)
}

// DropAnswer implements control.Answers.
func (s *Store) DropAnswer(ctx context.Context, key string) error {
	return s.write(ctx, "drop answer", func(tx *sql.Tx) error { return exec(ctx, tx, dropAnswer, key) })
}

// DropAnswers implements control.Answers. It takes the write lock only where
// there is something to forget.
func (s *Store) DropAnswers(ctx context.Context, before time.Time) error {
	var found int
	err := s.readers.QueryRowContext(ctx, anyAnswers, before.UnixNano()).Scan(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return s.translate(ctx, "find answers", err)
	}
	return s.write(ctx, "drop answers", func(tx *sql.Tx) error { return exec(ctx, tx, dropAnswers, before.UnixNano()) })
}

// Key implements control.Keys.
func (s *Store) Key(ctx context.Context, name string) ([]byte, error) {
	var key []byte
	err := s.readers.QueryRowContext(ctx, readKey, name).Scan(&key)
	if !errors.Is(err, sql.ErrNoRows) {
		return key, s.translate(ctx, "read key", err)
	}
	err = s.write(ctx, "make key", func(tx *sql.Tx) error {
		fresh := make([]byte, 32)
		if _, err := rand.Read(fresh); err != nil {
			return err
		}
		if err := exec(ctx, tx, insertKey, name, fresh); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, readKey, name).Scan(&key)
	})
	return key, err
}
