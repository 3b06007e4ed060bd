package storetest

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func accessCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"tokens/what was written is read":         tokenRead,
		"tokens/one change of a version wins":     tokenRace,
		"answers/the first claim wins":            answerClaim,
		"answers/of claims at once one wins":      answerRace,
		"answers/what expired is free again":      answerExpiry,
		"answers/what is dropped is free again":   answerDrop,
		"keys/a key stays, and each is its own":   keyStays,
		"keys/those who ask at once get the same": keyRace,
	}
}

func aToken() slipway.Token {
	ends := moment(99)
	return slipway.Token{
		ID: unique(), Name: "ana", Role: slipway.Deployer, Environments: []string{"prod", "test"}, Hash: []byte{1, 0, 255},
		Version: 1, CreatedAt: moment(0), CreatedBy: slipway.LocalActor("ada"), ExpiresAt: &ends,
	}
}

func tokenRead(t *testing.T, s control.Store) {
	a := aToken()
	ok(t, s.CreateToken(t.Context(), a))
	refused(t, s.CreateToken(t.Context(), a), fault.Conflict, "token-exists")
	same(t, "token", value(s.Token(t.Context(), a.ID))(t), a)
	_, err := s.Token(t.Context(), unique())
	refused(t, err, fault.NotFound, "unknown-token")
	refused(t, s.UpdateToken(t.Context(), aToken().Revoked(moment(1), slipway.LocalActor("ada"))), fault.NotFound, "unknown-token")
	b := aToken()
	ok(t, s.CreateToken(t.Context(), b))
	revoked := a.Revoked(moment(5), slipway.LocalActor("grace"))
	ok(t, s.UpdateToken(t.Context(), revoked))
	same(t, "revoked token", value(s.Token(t.Context(), a.ID))(t), revoked)
	listed := map[string]slipway.Token{}
	last := ""
	for _, token := range value(s.Tokens(t.Context()))(t) {
		if token.ID <= last {
			t.Errorf("%s is listed after %s", token.ID, last)
		}
		last = token.ID
		listed[token.ID] = token
	}
	same(t, "listed", listed[a.ID], revoked)
	same(t, "listed", listed[b.ID], b)
}

func tokenRace(t *testing.T, s control.Store) {
	a := aToken()
	ok(t, s.CreateToken(t.Context(), a))
	used, _ := a.Used(moment(3))
	ok(t, s.UpdateToken(t.Context(), a.Revoked(moment(4), slipway.LocalActor("ada"))))
	refused(t, s.UpdateToken(t.Context(), used), fault.Conflict, "token-changed")
	if now := value(s.Token(t.Context(), a.ID))(t); now.RevokedAt == nil {
		t.Error("a use took back the revocation")
	}
}

func anAnswer(at int64) slipway.Answer {
	return slipway.Answer{Key: unique(), Fingerprint: []byte{7, 8}, At: moment(at), Expires: moment(at + 60)}
}

func answerClaim(t *testing.T, s control.Store) {
	a := anAnswer(0)
	if _, claimed, err := s.ClaimAnswer(t.Context(), a); err != nil || !claimed {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
	later := a
	later.At, later.Expires, later.Fingerprint = moment(1), moment(61), []byte{9}
	stored, claimed, err := s.ClaimAnswer(t.Context(), later)
	ok(t, err)
	if claimed {
		t.Error("a key was claimed twice")
	}
	same(t, "claim", stored, a)
	a.Status, a.Header, a.Body = 201, "/v1/x", []byte(`{"a":1}`)
	ok(t, s.PutAnswer(t.Context(), a))
	stored, _, err = s.ClaimAnswer(t.Context(), later)
	ok(t, err)
	same(t, "answer", stored, a)
}

func answerRace(t *testing.T, s control.Store) {
	a := anAnswer(0)
	var wg sync.WaitGroup
	won := make(chan bool, 8)
	for range cap(won) {
		wg.Go(func() {
			_, claimed, err := s.ClaimAnswer(t.Context(), a)
			if err != nil {
				t.Error(err)
			}
			won <- claimed
		})
	}
	wg.Wait()
	close(won)
	n := 0
	for claimed := range won {
		if claimed {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d claims won", n)
	}
}

func answerExpiry(t *testing.T, s control.Store) {
	a := anAnswer(0)
	_, _, err := s.ClaimAnswer(t.Context(), a)
	ok(t, err)
	again := a
	again.At, again.Expires, again.Fingerprint = a.Expires.Add(time.Second), moment(900), []byte{1}
	stored, claimed, err := s.ClaimAnswer(t.Context(), again)
	ok(t, err)
	if !claimed {
		t.Error("an answer outlived its end")
	}
	same(t, "claim", stored, again)
}

func answerDrop(t *testing.T, s control.Store) {
	a, b := anAnswer(0), anAnswer(200)
	for _, x := range []slipway.Answer{a, b} {
		_, _, err := s.ClaimAnswer(t.Context(), x)
		ok(t, err)
	}
	ok(t, s.DropAnswers(t.Context(), moment(61)))
	if _, claimed, err := s.ClaimAnswer(t.Context(), b); err != nil || claimed {
		t.Errorf("an answer that had not expired was forgotten: %v", err)
	}
	ok(t, s.DropAnswer(t.Context(), b.Key))
	ok(t, s.DropAnswer(t.Context(), b.Key))
	if _, claimed, err := s.ClaimAnswer(t.Context(), b); err != nil || !claimed {
		t.Errorf("a dropped answer is still there: %v", err)
	}
}

func keyStays(t *testing.T, s control.Store) {
	name := unique()
	key := value(s.Key(t.Context(), name))(t)
	if len(key) != 32 || bytes.Equal(key, make([]byte, 32)) {
		t.Errorf("a key of %d bytes: %x", len(key), key)
	}
	same(t, "key", value(s.Key(t.Context(), name))(t), key)
	if bytes.Equal(value(s.Key(t.Context(), unique()))(t), key) {
		t.Error("two names have one key")
	}
}

func keyRace(t *testing.T, s control.Store) {
	name := unique()
	var wg sync.WaitGroup
	keys := make(chan string, 8)
	for range cap(keys) {
		wg.Go(func() {
			key, err := s.Key(t.Context(), name)
			if err != nil {
				t.Error(err)
			}
			keys <- string(key)
		})
	}
	wg.Wait()
	close(keys)
	first := <-keys
	for key := range keys {
		if key != first {
			t.Error("two who asked at once got two keys")
		}
	}
}
