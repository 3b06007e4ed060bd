package api

import (
	"context"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Self is who sent a request.
type Self struct {
	Actor        slipway.Actor `json:"actor" doc:"As the ledger names you."`
	Role         slipway.Role  `json:"role" enum:"viewer,deployer,admin"`
	Environments []string      `json:"environments" nullable:"false" doc:"Slugs; empty for all."`
}

func (a *api) self() {
	add(a, operation{
		id: "get-self", method: http.MethodGet, path: "/v1/self", tag: "access", group: Reads, role: slipway.Viewer,
		summary: "Who the token says you are",
	}, func(ctx context.Context, _ *struct{}) (*body[Self], error) {
		who := requestOf(ctx).who
		return &body[Self]{Self{Actor: who.Actor, Role: who.Role, Environments: append([]string{}, who.Environments...)}}, nil
	})
}

// Tokens is a list of tokens.
type Tokens struct {
	Tokens []control.TokenView `json:"tokens" nullable:"false"`
}

// Revoked is a token that is not good any more.
type Revoked struct {
	Changed bool              `json:"changed" doc:"Without it, it was revoked already."`
	Token   control.TokenView `json:"token"`
}

func (a *api) tokens() {
	add(a, operation{
		id: "list-tokens", method: http.MethodGet, path: "/v1/tokens", tag: "access", group: Reads, role: slipway.Admin,
		summary: "The tokens, without their secrets",
	}, func(ctx context.Context, _ *struct{}) (*body[Tokens], error) {
		ts, err := a.plane.Tokens(ctx)
		return answer(Tokens{ts}, err)
	})
	add(a, operation{
		id: "create-token", method: http.MethodPost, path: "/v1/tokens", tag: "access", group: Syncs, role: slipway.Admin, status: http.StatusCreated,
		summary: "Makes a token; the answer is the only place that ever shows its secret", errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct{ Body TokenRequest }) (*body[control.TokenView], error) {
		b := in.Body
		return answer(a.plane.CreateToken(ctx, control.NewToken{
			Name: b.Name, Role: b.Role, Environments: names(b.Environments), ExpiresAt: b.ExpiresAt, Actor: requestOf(ctx).who.Actor,
		}))
	})
	type named struct {
		Token string `path:"token" maxLength:"64" doc:"The token's id."`
	}
	add(a, operation{
		id: "revoke-token", method: http.MethodDelete, path: "/v1/tokens/{token}", tag: "access", group: Syncs, role: slipway.Admin,
		summary: "Revokes a token: it lets nobody in any more",
	}, func(ctx context.Context, in *named) (*body[Revoked], error) {
		t, changed, err := a.plane.RevokeToken(ctx, in.Token, requestOf(ctx).who.Actor)
		a.Guard.Forget()
		return answer(Revoked{changed, t}, err)
	})
}
