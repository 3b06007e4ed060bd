package sqlite

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// A deployment's column listed is what slipway's Listed gives of it, short
// enough to be read many times in one list: its fields in a fixed order, each
// behind its length in bytes and a colon. The mark has a column of its own.
// Migration 0006 writes the same of older records, from their documents.

// listedText gives the column of d.
func listedText(d slipway.Deployment) string {
	unchanged := ""
	if d.Unchanged {
		unchanged = "1"
	}
	var b strings.Builder
	for _, field := range []string{
		d.ID, d.Workflow, d.Sync, strconv.FormatInt(d.Sequence, 10),
		d.Commit.SHA, d.Commit.Author, d.Commit.Email, d.Commit.Message, d.Commit.Time.Format(time.RFC3339Nano),
		d.Path, string(d.Outcome), d.Digest, string(d.Code), d.Settings.Name, d.Settings.Trigger,
		strconv.FormatInt(d.Size, 10), unchanged, d.CreatedAt.Format(time.RFC3339Nano),
	} {
		if !utf8.ValidString(field) {
			field = string([]rune(field)) // as a document has it
		}
		b.WriteString(strconv.Itoa(len(field)))
		b.WriteByte(':')
		b.WriteString(field)
	}
	return b.String()
}

// scanListed reads a row of listed and mark.
func (s *Store) scanListed(env string, rows *sql.Rows) (slipway.Deployment, error) {
	var text string
	var mark sql.NullInt64
	if err := rows.Scan(&text, &mark); err != nil {
		return slipway.Deployment{}, err
	}
	f := fields{rest: text} // its calls below are made in the order that they are written in
	d := slipway.Deployment{
		Environment: env, FirstLive: mark.Int64,
		ID: f.text(), Workflow: f.text(), Sync: f.text(), Sequence: f.number(),
		Commit: slipway.Commit{SHA: f.text(), Author: f.text(), Email: f.text(), Message: f.text(), Time: f.time()},
		Path:   f.text(), Outcome: slipway.Outcome(f.text()), Digest: f.text(), Code: slipway.Code(f.text()),
		Settings: slipway.Settings{Name: f.text(), Trigger: f.text()},
		Size:     f.number(), Unchanged: f.text() != "", CreatedAt: f.time(),
	}
	if f.rest != "" {
		f.err = errors.Join(f.err, errFields)
	}
	if f.err != nil {
		return slipway.Deployment{}, s.storeCorrupt(f.err)
	}
	return d, nil
}

var errFields = errors.New("the fields of a listed deployment are not those that were written")

// fields reads what listedText wrote, field by field, until one is wrong.
type fields struct {
	rest string
	err  error
}

func (f *fields) text() string {
	length, rest, _ := strings.Cut(f.rest, ":")
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 || n > len(rest) {
		f.rest, f.err = "", errors.Join(f.err, errFields)
		return ""
	}
	f.rest = rest[n:]
	return rest[:n]
}

func (f *fields) number() int64 {
	n, err := strconv.ParseInt(f.text(), 10, 64)
	f.err = errors.Join(f.err, err)
	return n
}

func (f *fields) time() time.Time {
	t, err := time.Parse(time.RFC3339Nano, f.text())
	f.err = errors.Join(f.err, err)
	return t
}
