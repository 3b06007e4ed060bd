package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// troubled asks the guard about troubles.
func (g *guard) troubled(t *testing.T, method, id, body string) (status int, answer map[string]int) {
	t.Helper()
	req, err := http.NewRequest(method, g.url+troublePath+id, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode == http.StatusOK {
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	return res.StatusCode, answer
}

// TestTroubles wants those calls refused or held that a trouble is about, until it
// ends, and no other; and none of it in the verdict.
func TestTroubles(t *testing.T) {
	g := pretend(t)
	about := request{"app/list", "GET", "/b/plans/sync_1.json", "", ""}
	other := request{"app/list", "GET", "/b/plans/sync_2.json", "", ""}
	const text = `{"function": "list", "action": "s3:%s", "about": "sync_1", "refuse": %v}`

	_, answer := g.troubled(t, "POST", "0", fmt.Sprintf(text, "GetObject", true))
	refusing := fmt.Sprint(answer["id"])
	_, answer = g.troubled(t, "POST", "0", fmt.Sprintf(text, "PutObject", true))
	unmet := fmt.Sprint(answer["id"])
	if got := []int{g.send(t, about), g.send(t, other)}; got[0] != http.StatusForbidden || got[1] != http.StatusOK {
		t.Errorf("refused are %v", got)
	}
	for id, want := range map[string]int{refusing: 1, unmet: 0} {
		if status, got := g.troubled(t, "DELETE", id, ""); status != http.StatusOK || got["met"] != want {
			t.Errorf("trouble %s: %d, met by %v", id, status, got)
		}
	}

	_, answer = g.troubled(t, "POST", "0", fmt.Sprintf(text, "GetObject", false))
	holding := fmt.Sprint(answer["id"])
	passed := make(chan int)
	go func() { passed <- g.send(t, about) }()
	for met := 0; met == 0; {
		_, answer = g.troubled(t, "GET", holding, "")
		met = answer["met"]
	}
	select {
	case status := <-passed:
		t.Errorf("what is held is answered %d", status)
	default:
	}
	g.troubled(t, "DELETE", holding, "")
	if status := <-passed; status != http.StatusOK {
		t.Errorf("after its trouble a call is answered %d", status)
	}
	if err := g.verdict(); err != nil {
		t.Errorf("the verdict is %v", err)
	}
}

func TestTroublesThatAreNone(t *testing.T) {
	g := pretend(t)
	for want, ask := range map[int][]string{
		http.StatusBadRequest: {"POST", "0", `{"function": "list"}`}, http.StatusNotFound: {"GET", "7", ""},
	} {
		if status, _ := g.troubled(t, ask[0], ask[1], ask[2]); status != want {
			t.Errorf("%v is answered %d", ask, status)
		}
	}
	if status, _ := g.troubled(t, "DELETE", "seven", ""); status != http.StatusBadRequest {
		t.Errorf("a name that is no number is answered %d", status)
	}
}
