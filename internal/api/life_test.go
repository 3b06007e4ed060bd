package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestADay is what a team does: it syncs, makes live, rolls back, holds, lifts,
// rejects, freezes and restores, each by whoever may.
func TestADay(t *testing.T) {
	s := newServer(t, nil)
	asked := s.want(202, slipway.Deployer, "POST", prod+"/syncs", `{"ifChanged":false}`)
	if asked.str("status") != "queued" || asked.header.Get("Location") != prod+"/syncs/"+asked.str("id") || asked.str("startedBy") != "the-deployer (token)" {
		t.Fatalf("asked: %+v", asked)
	}
	s.must(second(s.plane.Tick(t.Context())))
	if got := s.want(200, slipway.Viewer, "GET", asked.header.Get("Location"), ""); got.str("status") != "succeeded" {
		t.Fatal(got.text)
	}
	first := s.want(200, slipway.Viewer, "GET", prod+"/workflows/greet", "").str("live.deployment")
	s.commit("Second", "greet", "user:post_authentication", "claims", "user:tokens_generation")
	s.sync()

	back := s.want(200, slipway.Deployer, "POST", prod+"/deployments/previous/live", `{"workflow":"greet","reason":"sign-in broke"}`)
	if back.str("release.cause") != "roll-back" || back.str("workflow.live.deployment") != first || back.str("workflow.hold.actor") != "the-deployer (token)" ||
		back.str("workflow.hold.reason") != "sign-in broke" || back.get("changed") != true {
		t.Fatal(back.text)
	}
	s.commit("Third", "greet", "user:post_authentication", "claims", "user:tokens_generation")
	s.sync()
	if live := s.want(200, slipway.Viewer, "GET", prod+"/workflows/greet", ""); live.str("live.deployment") != first || live.str("why.code") != "held" {
		t.Fatalf("a sync took over: %s", live.text)
	}
	lifted := s.want(200, slipway.Deployer, "DELETE", prod+"/workflows/greet/hold?reason=mended", "")
	if lifted.str("workflow.live.deployment") == first || lifted.str("release.reason") != "mended" || lifted.get("workflow.hold") != nil {
		t.Fatal(lifted.text)
	}
	third := lifted.str("workflow.live.deployment")
	s.want(409, slipway.Deployer, "POST", prod+"/workflows/greet/deactivate", `{"from":"`+first+`"}`)
	s.want(409, slipway.Deployer, "POST", prod+"/deployments/"+first+"/deactivate", "")
	s.want(200, slipway.Deployer, "POST", prod+"/deployments/"+third+"/reject", `{"reason":"bad"}`)
	s.want(403, slipway.Deployer, "POST", prod+"/deployments/"+third+"/accept", "")
	s.want(409, slipway.Deployer, "POST", prod+"/deployments/"+third+"/live", "")
	s.want(200, slipway.Admin, "POST", prod+"/deployments/"+third+"/accept", "")
	s.want(200, slipway.Deployer, "PUT", prod+"/workflows/claims/hold", "")
	s.want(200, slipway.Deployer, "POST", prod+"/workflows/claims/deactivate", `{"reason":"x"}`)
	s.want(404, slipway.Viewer, "GET", prod+"/live/user:tokens_generation", "")

	frozen := s.want(200, slipway.Deployer, "PUT", prod+"/freeze", `{"reason":"audit","until":"2126-01-02T00:00:00Z"}`)
	if frozen.str("environment.freeze.reason") != "audit" {
		t.Fatal(frozen.text)
	}
	s.want(200, slipway.Deployer, "DELETE", prod+"/freeze", "")
	if p := s.want(200, slipway.Viewer, "GET", prod+"/releases/1/restore", ""); len(p.get("changes").([]any)) != 2 {
		t.Fatal(p.text)
	}
	s.want(200, slipway.Deployer, "POST", prod+"/releases/1/restore", `{"reason":"as it was"}`)
	if got := s.want(200, slipway.Viewer, "GET", prod+"/releases/1", ""); got.str("live.greet.deployment") != first {
		t.Fatal(got.text)
	}
	if got := s.want(200, slipway.Viewer, "GET", prod+"/workflows/greet", ""); got.str("live.deployment") != first {
		t.Fatal(got.text)
	}
	s.want(200, slipway.Admin, "DELETE", prod+"/workflows/claims?reason=gone", "")
	if ws := s.want(200, slipway.Viewer, "GET", prod+"/workflows", ""); strings.Contains(ws.text, `"claims"`) {
		t.Fatal(ws.text)
	}
}

func second[A any](_ A, err error) error { return err }

func TestResolve(t *testing.T) {
	s := newServer(t, nil)
	s.want(404, slipway.Viewer, "GET", prod+"/live/user:post_authentication", "")
	if all := s.want(200, slipway.Viewer, "GET", prod+"/live", ""); all.get("release") != 0.0 || all.get("at") != nil {
		t.Fatal(all.text)
	}
	s.sync()
	r := s.want(200, slipway.Viewer, "GET", prod+"/live/user:post_authentication", "")
	tag := r.header.Get("ETag")
	if r.str("workflow") != "greet" || r.get("release") != 1.0 || !strings.HasPrefix(tag, `"env_`) || !strings.HasSuffix(tag, `.1"`) {
		t.Fatalf("%s %s", tag, r.text)
	}
	s.want(304, slipway.Viewer, "GET", prod+"/live/user:post_authentication", "", "If-None-Match", tag)
	b := s.want(200, slipway.Viewer, "GET", r.str("bundle"), "")
	sum := sha256.Sum256([]byte(b.text))
	if r.str("digest") != "sha256:"+hex.EncodeToString(sum[:]) || b.header.Get("ETag") != `"`+r.str("digest")+`"` || !strings.Contains(b.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s %v", r.str("digest"), b.header)
	}
	s.want(304, slipway.Viewer, "GET", r.str("bundle"), "", "If-None-Match", b.header.Get("ETag"))

	// A write through this process is seen by the very next read.
	s.commit("Second", "greet", "user:post_authentication", "claims", "user:tokens_generation")
	s.sync()
	now := s.want(200, slipway.Viewer, "GET", prod+"/live/user:post_authentication", "", "If-None-Match", tag)
	if now.str("deployment") == r.str("deployment") {
		t.Fatal(now.text)
	}
	s.want(200, slipway.Deployer, "POST", prod+"/deployments/previous/live", `{"workflow":"greet"}`)
	if back := s.want(200, slipway.Viewer, "GET", prod+"/live/user:post_authentication", ""); back.str("deployment") != r.str("deployment") {
		t.Fatal(back.text)
	}
	pinned := s.want(200, slipway.Viewer, "GET", prod+"/live/user:post_authentication?release=2", "")
	if pinned.str("deployment") != now.str("deployment") || !strings.HasSuffix(pinned.header.Get("ETag"), `.2"`) {
		t.Fatal(pinned.text)
	}
	if all := s.want(200, slipway.Viewer, "GET", prod+"/live?release=1", ""); len(all.get("live").([]any)) != 2 {
		t.Fatal(all.text)
	}
	s.want(404, slipway.Viewer, "GET", prod+"/live/user:post_authentication?release=99", "")
	s.want(422, slipway.Viewer, "GET", prod+"/live/user:post_authentication?release=x", "")
	s.want(404, slipway.Viewer, "GET", prod+"/live/user:none", "")
	s.want(404, slipway.Viewer, "GET", "/v1/environments/none/live/user:none", "")
}

func TestIfMatch(t *testing.T) {
	s := newServer(t, nil)
	s.sync()
	tag := s.want(200, slipway.Viewer, "GET", prod+"/workflows", "").header.Get("ETag")
	live := s.want(200, slipway.Viewer, "GET", prod+"/live/user:post_authentication", "").header.Get("ETag")
	s.want(200, slipway.Deployer, "PUT", prod+"/workflows/claims/hold", "")
	// Another workflow's entry has changed since release 1: nothing that matters here.
	s.want(200, slipway.Deployer, "PUT", prod+"/workflows/greet/hold", "", "If-Match", tag)
	for _, header := range []string{tag, live, `"1"`, "1", `W/"1"`} {
		r := s.want(412, slipway.Deployer, "POST", prod+"/workflows/greet/deactivate", "", "If-Match", header)
		if r.str("code") != control.CodeReleaseMoved || r.str("hint") == "" {
			t.Fatal(r.text)
		}
	}
	s.want(412, slipway.Deployer, "PUT", prod+"/freeze", "", "If-Match", tag)
	s.want(200, slipway.Deployer, "PUT", prod+"/freeze", "", "If-Match", `"3"`)
	for _, header := range []string{`"x"`, "*", `"-1"`, `"abc.1"`, `"env_x.y"`} {
		s.want(400, slipway.Deployer, "POST", prod+"/workflows/greet/deactivate", "", "If-Match", header)
	}
	s.want(412, slipway.Deployer, "POST", prod+"/workflows/greet/deactivate", "", "If-Match", `"99"`)
}

func TestIdempotencyKey(t *testing.T) {
	s := newServer(t, nil)
	s.sync()
	path := prod + "/workflows/greet/hold"
	first := s.want(200, slipway.Deployer, "PUT", path, `{"reason":"a"}`, "Idempotency-Key", "k")
	again := s.want(200, slipway.Deployer, "PUT", path, `{"reason":"a"}`, "Idempotency-Key", "k")
	if first.text != again.text || again.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("first %s\nagain %s %v", first.text, again.text, again.header)
	}
	if r := s.want(409, slipway.Deployer, "PUT", path, `{"reason":"b"}`, "Idempotency-Key", "k"); r.str("code") != codeKeyReused {
		t.Error(r.text)
	}
	s.want(409, slipway.Deployer, "PUT", prod+"/workflows/claims/hold", `{"reason":"a"}`, "Idempotency-Key", "k")
	if r := s.want(200, slipway.Admin, "PUT", path, `{"reason":"a"}`, "Idempotency-Key", "k"); r.header.Get("Idempotency-Replayed") != "" {
		t.Error("another's key was found")
	}
	s.want(400, slipway.Deployer, "PUT", path, "", "Idempotency-Key", strings.Repeat("k", 256))
	refused := s.want(404, slipway.Deployer, "PUT", prod+"/workflows/none/hold", "", "Idempotency-Key", "none")
	if r := s.want(404, slipway.Deployer, "PUT", prod+"/workflows/none/hold", "", "Idempotency-Key", "none"); r.header.Get("Content-Type") != problemType || r.text != refused.text {
		t.Errorf("%v %s", r.header, r.text)
	}
	token := s.want(201, slipway.Admin, "POST", "/v1/tokens", `{"name":"bot","role":"viewer"}`, "Idempotency-Key", "t")
	if r := s.want(201, slipway.Admin, "POST", "/v1/tokens", `{"name":"bot","role":"viewer"}`, "Idempotency-Key", "t"); r.str("id") != token.str("id") || r.get("secret") != nil || token.str("secret") == "" {
		t.Errorf("%s\n%s", token.text, r.text)
	}
	releases := s.want(200, slipway.Viewer, "GET", prod, "").get("release")

	var wg sync.WaitGroup
	for range 8 { // each has the one answer, or is told to wait for it
		wg.Go(func() {
			r := s.call(slipway.Deployer, "POST", prod+"/workflows/claims/deactivate", "", "Idempotency-Key", "race")
			if r.status != 200 && r.str("code") != codeKeyBusy || r.status == 409 && r.header.Get("Retry-After") == "" {
				t.Errorf("%d %s", r.status, r.text)
			}
		})
	}
	wg.Wait()
	if after := s.want(200, slipway.Viewer, "GET", prod, "").get("release"); after != releases.(float64)+1 {
		t.Errorf("one command moved the ledger from %v to %v", releases, after)
	}
}
