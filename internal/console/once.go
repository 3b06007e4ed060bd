package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// claim takes a key that the words make, until a time: first says that no process
// has taken it before. It gives the key as the store has it.
func claim(ctx context.Context, answers control.Answers, now, until time.Time, words ...string) (key string, first bool, err error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", append([]string{"console"}, words...)))
	a := slipway.Answer{Key: hex.EncodeToString(sum[:]), Fingerprint: sum[:], At: now, Expires: until, Status: http.StatusSeeOther}
	if _, first, err = answers.ClaimAnswer(ctx, a); err != nil {
		return "", false, fmt.Errorf("claim a key: %w", err)
	}
	return a.Key, first, nil
}

// once takes the key of a form whose command keeps none itself, for this long:
// first says that the form was not sent before. Whoever wrote nothing after all
// calls again, and the form can be sent again.
func (c *console) once(v *visit, life time.Duration, what, key string) (again func(), first bool, err error) {
	if key == "" {
		return nil, false, fault.New(fault.Invalid, "bad-form", "the form has no key").WithHint("open the page again, and send its form")
	}
	now := c.Now().UTC()
	claimed, first, err := claim(v.ctx(), c.Answers, now, now.Add(life), what, v.who.Actor.String(), key)
	return func() {
		if err := c.Answers.DropAnswer(context.WithoutCancel(v.ctx()), claimed); err != nil {
			c.Log.Warn("a form's key is kept", "page", v.page, "error", err)
		}
	}, first, err
}

// wroteNothing reports whether an error says that nothing was written: a store that
// does not answer may have written all the same.
func wroteNothing(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict)
}
