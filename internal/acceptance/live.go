package acceptance

import (
	"strings"
)

// The triggers that the scenarios use.
const (
	signedIn = "user:post_authentication"
	tokens   = "user:tokens_generation"
)

func pushGoesLive(m *team) {
	sha := m.push("First", "greet", signedIn, "hello", "claims", tokens, "claimed")
	m.connect()
	m.same("what runs before the first sync", m.runs(signedIn), "")
	s := m.sync("succeeded")
	m.same("found", s.number("counts.found"), 2)
	m.same("live", s.number("counts.live"), 2)
	m.same("commit", s.str("commit.sha"), sha)
	w := m.workflow("greet")
	m.same("status", w.str("status"), "Live")
	m.same("why", w.str("why.code"), "live-newest")
	if code := m.runs(signedIn); !strings.Contains(code, "hello") {
		m.Errorf("what runs has no hello: %s", code)
	}
	m.push("Second", "greet", signedIn, "good day")
	m.sync("succeeded")
	if code := m.runs(signedIn); !strings.Contains(code, "good day") {
		m.Error("the second push does not run")
	}
	rs := m.want(200, "GET", m.base+"/releases", "")
	m.same("releases", len(rs.list("releases")), 2)
	ds := m.want(200, "GET", m.base+"/workflows/greet/deployments?status=Deactivated", "")
	m.same("deactivated deployments", len(ds.list("deployments")), 1)
}

func rollbackStays(m *team) {
	m.push("Good", "claims", tokens, "good")
	m.connect()
	m.sync("succeeded")
	good := m.workflow("claims").str("live.deployment")
	m.push("Bad", "claims", tokens, "bad")
	m.sync("succeeded")
	bad := m.workflow("claims").str("live.deployment")

	back := m.want(200, "POST", m.base+"/deployments/previous/live", `{"workflow":"claims","from":"`+bad+`","reason":"it is night"}`)
	m.same("cause", back.str("release.cause"), "roll-back")
	m.same("live", back.str("workflow.live.deployment"), good)
	m.same("hold", back.str("workflow.hold.reason"), "it is night")
	if !strings.Contains(m.runs(tokens), "good") {
		m.Error("the good code does not run")
	}
	m.want(409, "POST", m.base+"/deployments/previous/live", `{"workflow":"claims","from":"`+bad+`"}`)

	m.push("Better", "claims", tokens, "better")
	s := m.sync("succeeded")
	m.same("kept back", s.number("counts.kept.held"), 1)
	w := m.workflow("claims")
	m.same("live after the next push", w.str("live.deployment"), good)
	m.same("why", w.str("why.code"), "held")
	m.same("newest", w.str("latest.status"), "Deployed")

	m.want(200, "DELETE", m.base+"/workflows/claims/hold?reason=morning", "")
	if !strings.Contains(m.runs(tokens), "better") {
		m.Error("the lift did not bring the newest code")
	}
}

func brokenKeepsLive(m *team) {
	m.push("Good", "greet", signedIn, "good", "claims", tokens, "one")
	m.connect()
	m.sync("succeeded")
	live := m.workflow("greet").str("live.deployment")
	m.push("Broken", "greet", "user:post_authenticated", "bad", "claims", tokens, "two")
	s := m.sync("incomplete")
	m.same("failed", s.number("counts.failed"), 1)
	w := m.workflow("greet")
	m.same("live", w.str("live.deployment"), live)
	m.same("why", w.str("why.code"), "newest-failed")
	log := m.want(200, "GET", m.base+"/deployments/"+w.str("latest.deployment")+"/log", "")
	if !strings.Contains(log.text, "did you mean") || log.str("status") != "Failed" {
		m.Errorf("the log does not help: %s", log.text)
	}
	refused := m.want(409, "POST", m.base+"/deployments/"+w.str("latest.deployment")+"/live", "")
	m.same("code", refused.str("code"), "not-valid")
	m.same("diagnostics", len(refused.list("diagnostics")), len(log.list("diagnostics")))
	if !strings.Contains(m.runs(tokens), "two") {
		m.Error("the neighbour did not go live")
	}
}

func byHand(m *team) {
	m.push("First", "greet", signedIn, "one")
	m.connect(`"autoLive":false`)
	m.sync("succeeded")
	w := m.workflow("greet")
	m.same("status", w.str("status"), "Draft")
	m.same("why", w.str("why.code"), "auto-live-off")
	m.same("what runs", m.runs(signedIn), "")
	m.want(200, "POST", m.base+"/deployments/"+w.str("latest.deployment")+"/live", `{"reason":"reviewed"}`)
	m.same("status", m.workflow("greet").str("status"), "Live")
	m.want(200, "PATCH", m.base, `{"autoLive":true}`)
	m.push("Second", "greet", signedIn, "two")
	m.sync("succeeded")
	if !strings.Contains(m.runs(signedIn), "two") {
		m.Error("auto-live is on, and the second push does not run")
	}
}

func rejectedStaysAway(m *team) {
	m.push("Good", "greet", signedIn, "good")
	m.connect()
	m.sync("succeeded")
	m.push("Bad", "greet", signedIn, "bad")
	m.sync("succeeded")
	bad := m.workflow("greet").str("live.deployment")
	r := m.want(200, "POST", m.base+"/deployments/"+bad+"/reject", `{"reason":"leaks"}`)
	m.same("cause", r.str("release.cause"), "reject")
	if !strings.Contains(m.runs(signedIn), "good") {
		m.Error("the previous code did not take its place")
	}
	m.sync("succeeded") // the same commit, so the same code
	if !strings.Contains(m.runs(signedIn), "good") {
		m.Error("a sync brought rejected code")
	}
	m.want(409, "POST", m.base+"/deployments/"+bad+"/live", "")
	m.want(200, "POST", m.base+"/deployments/"+bad+"/accept", "")
	m.want(200, "POST", m.base+"/deployments/"+bad+"/live", "")
	if !strings.Contains(m.runs(signedIn), "bad") {
		m.Error("accepted code cannot go live")
	}
}

func freezeStops(m *team) {
	m.push("One", "greet", signedIn, "one")
	m.connect()
	m.sync("succeeded")
	m.want(200, "PUT", m.base+"/freeze", `{"reason":"audit"}`)
	m.push("Two", "greet", signedIn, "two")
	m.sync("succeeded")
	if !strings.Contains(m.runs(signedIn), "one") {
		m.Error("a sync went live in a freeze")
	}
	m.same("why", m.workflow("greet").str("why.code"), "frozen")
	m.want(200, "DELETE", m.base+"/freeze", "")
	if !strings.Contains(m.runs(signedIn), "two") {
		m.Error("the thaw did not bring what waited")
	}
}

func restored(m *team) {
	m.push("One", "greet", signedIn, "one", "claims", tokens, "one")
	m.connect()
	m.sync("succeeded")
	m.push("Two", "greet", signedIn, "two", "claims", tokens, "two")
	m.sync("succeeded")
	p := m.want(200, "GET", m.base+"/releases/1/restore", "")
	m.same("previewed changes", len(p.list("changes")), 2)
	if !strings.Contains(m.runs(signedIn), "two") {
		m.Error("a preview changed something")
	}
	r := m.want(200, "POST", m.base+"/releases/1/restore", `{"reason":"both broke"}`)
	m.same("rows", len(r.list("releases")), 1)
	for _, trigger := range []string{signedIn, tokens} {
		if !strings.Contains(m.runs(trigger), "one") {
			m.Errorf("%s was not restored", trigger)
		}
	}
	m.same("held", r.number("environment.held"), 2)
	m.same("pinned", m.want(200, "GET", m.base+"/live?release=2", "").number("release"), 2)
}

func oneWorkflowATrigger(m *team) {
	m.push("One", "greet", signedIn, "first")
	m.connect()
	m.sync("succeeded")
	m.push("Two", "welcome", signedIn, "second")
	s := m.sync("failed")
	m.same("valid", s.number("counts.valid"), 0)
	if !strings.Contains(s.text, "duplicate-trigger") || !strings.Contains(m.runs(signedIn), "first") {
		m.Errorf("two files have one trigger: %s", s.text)
	}
}

func vanishedFile(m *team) {
	m.push("Two", "greet", signedIn, "hello", "claims", tokens, "claimed")
	m.connect()
	m.sync("succeeded")
	m.repo.Commit(map[string]string{"README.md": "gone"}, removing("greetWorkflow.ts"))
	m.sync("succeeded")
	w := m.workflow("greet")
	m.same("status", w.str("status"), "Live")
	m.same("why", w.str("why.code"), "missing")
	if w.get("missingSince") == nil || m.runs(signedIn) == "" {
		m.Errorf("the workflow whose file vanished: %s", w.text)
	}
}

func deletedComesBack(m *team) {
	m.push("One", "greet", signedIn, "hello")
	m.connect()
	m.sync("succeeded")
	m.want(200, "DELETE", m.base+"/workflows/greet?reason=over", "")
	m.same("workflows", len(m.want(200, "GET", m.base+"/workflows", "").list("workflows")), 0)
	m.same("what runs", m.runs(signedIn), "")
	m.sync("succeeded")
	if !strings.Contains(m.runs(signedIn), "hello") {
		m.Error("the file is there, and the workflow did not come back")
	}
}
