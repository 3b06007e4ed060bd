package client

import (
	"context"
	"net/http"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type tokenBody struct {
	Name         string       `json:"name"`
	Role         slipway.Role `json:"role"`
	Environments []string     `json:"environments,omitempty"`
	ExpiresAt    *time.Time   `json:"expiresAt,omitempty"`
}

// CreateToken makes a token. Its secret is nil where the answer that had it was
// lost on the way.
func (c *Client) CreateToken(ctx context.Context, n control.NewToken) (v control.TokenView, err error) {
	if err := (slipway.Token{Name: n.Name, Role: n.Role, Environments: n.Environments}).Validate(); err != nil {
		return v, err
	}
	body := tokenBody{Name: n.Name, Role: n.Role, Environments: n.Environments, ExpiresAt: n.ExpiresAt}
	q := write(http.MethodPost, control.Request{}, body, "tokens")
	err = c.do(ctx, &q, &v)
	return v, err
}

// Tokens lists all tokens, revoked ones too, without their secrets.
func (c *Client) Tokens(ctx context.Context) ([]control.TokenView, error) {
	var out struct {
		Tokens []control.TokenView `json:"tokens"`
	}
	q := get("tokens")
	err := c.do(ctx, &q, &out)
	return out.Tokens, err
}

// RevokeToken ends a token at once; changed is false if it had ended so.
func (c *Client) RevokeToken(ctx context.Context, id string, r control.Request) (v control.TokenView, changed bool, err error) {
	var out struct {
		Changed bool              `json:"changed"`
		Token   control.TokenView `json:"token"`
	}
	q := write(http.MethodDelete, r, nil, "tokens", id)
	err = c.do(ctx, &q, &out)
	return out.Token, out.Changed, err
}
