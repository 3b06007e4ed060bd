package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// once takes the key of a form whose command keeps none itself: first says that no
// process has seen it before. It is remembered for longer than a session, without
// which the form is refused. Whoever wrote nothing after all calls again, and the
// form can be sent again.
func (c *console) once(v *visit, what string) (again func(), first bool, err error) {
	if v.form("key") == "" {
		return nil, false, fault.New(fault.Invalid, "bad-form", "the form has no key").WithHint("open the page again, and send its form")
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []string{"console", what, v.who.Actor.String(), v.form("key")}))
	now := c.Now().UTC()
	a := slipway.Answer{Key: hex.EncodeToString(sum[:]), Fingerprint: sum[:], At: now, Expires: now.Add(slipway.AnswerLife), Status: http.StatusOK}
	if _, first, err = c.Answers.ClaimAnswer(v.ctx(), a); err != nil {
		return nil, false, fmt.Errorf("claim the form's key: %w", err)
	}
	return func() {
		ctx := context.WithoutCancel(v.ctx())
		if err := c.Answers.DropAnswer(ctx, a.Key); err != nil {
			c.Log.LogAttrs(ctx, slog.LevelWarn, "a form's key is kept", slog.String("page", v.page), slog.String("error", err.Error()))
		}
	}, first, nil
}

// wroteNothing reports whether an error says that nothing was written: a store that
// does not answer may have written all the same.
func wroteNothing(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict)
}
