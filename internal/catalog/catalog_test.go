package catalog

import (
	"encoding/json"
	"testing"
)

func TestEmbeddedDataIsWhole(t *testing.T) {
	for name, text := range map[string]string{"triggers": triggersJSON, "bindings": bindingsJSON, "runtime": runtimeJSON} {
		if !json.Valid([]byte(text)) {
			t.Errorf("%s.json does not decode", name)
		}
	}
	c := Default()
	if got := len(c.Triggers()); got != 10 {
		t.Errorf("%d triggers, want 10", got)
	}
	if got := len(c.Bindings()); got != 18 {
		t.Errorf("%d bindings, want 18", got)
	}
	for _, b := range c.Bindings() {
		for _, name := range b.Triggers {
			if _, ok := c.Trigger(name); !ok {
				t.Errorf("%s is offered by %s, which is no trigger", b.Name, name)
			}
		}
	}
	for wrong, right := range c.mistakes {
		_, trigger := c.Trigger(right)
		_, member := c.Member(right)
		_, binding := c.Binding(right)
		if !trigger && !member && !binding {
			t.Errorf("the mistake %q points at %q, which is nothing", wrong, right)
		}
	}
}

func TestSuggestions(t *testing.T) {
	c := Default()
	cases := []struct{ kind, wrong, want string }{
		{"trigger", "m2m:tokens_generation", "m2m:token_generation"},
		{"trigger", "user:token", "user:tokens_generation"},
		{"trigger", "user:post_authentification", "user:post_authentication"},
		{"trigger", "PostAuthentication", "user:post_authentication"},
		{"trigger", "completely different", ""},
		{"trigger", "", ""},
		{"member", "UserPlanCancellationRequest", "PlanCancellationRequest"},
		{"member", "TokensGeneration", "UserTokenGeneration"},
		{"member", "UserPreMfa", "UserPreMFA"},
		{"member", "X", ""},
		{"binding", "kinde.planSelection", "kinde.plan"},
		{"binding", "kinde.fecth", "kinde.fetch"},
		{"binding", "secureFetch", "kinde.secureFetch"},
		{"binding", "zzz", ""},
	}
	for _, tc := range cases {
		got := ""
		switch tc.kind {
		case "trigger":
			got = c.TriggerSuggestion(tc.wrong)
		case "member":
			got = c.MemberSuggestion(tc.wrong)
		case "binding":
			got = c.BindingSuggestion(tc.wrong)
		}
		if got != tc.want {
			t.Errorf("%s %q: suggests %q, want %q", tc.kind, tc.wrong, got, tc.want)
		}
	}
}

func TestWithTriggersLeavesTheOriginalAlone(t *testing.T) {
	c := Default()
	more := c.WithTriggers([]string{"user:oauth2_token_exchange", "user:pre_mfa", ""})
	if _, ok := more.Trigger("user:oauth2_token_exchange"); !ok || len(more.Triggers()) != 11 {
		t.Errorf("want 11 triggers with the extra one, got %d", len(more.Triggers()))
	}
	if _, ok := c.Trigger("user:oauth2_token_exchange"); ok {
		t.Error("the original changed")
	}
}

func TestOffered(t *testing.T) {
	c := Default()
	mfa, _ := c.Binding("kinde.mfa")
	if offered, known := mfa.Offered("user:post_authentication"); offered || !known {
		t.Error("kinde.mfa is known not to be offered after authentication")
	}
	if risk, _ := c.Binding("kinde.risk"); len(risk.Triggers) != 0 {
		t.Error("nothing is known of kinde.risk")
	}
	if b, _ := c.Global("URLSearchParams"); b.Name != "url" {
		t.Errorf("URLSearchParams comes from %q", b.Name)
	}
}

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abcd", "abdc", 1}, {"workfow", "workflow", 1}, {"kitten", "sitting", 3}} {
		if got := Distance(tc.a, tc.b); got != tc.want || Distance(tc.b, tc.a) != got {
			t.Errorf("Distance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
