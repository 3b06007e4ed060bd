package acceptance

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/gittest"
)

// removing is a commit that takes workflow files away.
func removing(names ...string) gittest.Options {
	o := gittest.Options{Message: "Take away"}
	for _, name := range names {
		o.Remove = append(o.Remove, folder+name)
	}
	return o
}

func manyAtOnce(m *team) {
	const callers = 50
	m.push("One", "greet", signedIn, "one")
	m.connect()
	m.sync("succeeded")
	m.push("Two", "greet", signedIn, "two")
	m.sync("succeeded")
	ds := m.want(200, "GET", m.base+"/workflows/greet/deployments", "").list("deployments")
	var ids []string
	for _, d := range ds {
		fields, _ := d.(map[string]any)
		ids = append(ids, fmt.Sprint(fields["id"]))
	}
	if len(ids) != 2 {
		m.Fatalf("deployments: %v", ids)
	}
	var wg sync.WaitGroup
	answers := make(chan reply, callers)
	for n := range callers {
		wg.Go(func() {
			answers <- m.call("POST", m.base+"/deployments/"+ids[n%2]+"/live", fmt.Sprintf(`{"reason":"caller %d"}`, n), m.Token)
		})
	}
	wg.Wait()
	close(answers)
	rows := map[int64]bool{}
	for r := range answers {
		if r.status != 200 {
			m.Fatalf("a caller got %d %s", r.status, r.text)
		}
		if n := r.number("release.number"); r.get("changed") == true {
			if rows[n] {
				m.Errorf("two callers wrote release %d", n)
			}
			rows[n] = true
		}
	}
	list := m.want(200, "GET", m.base+"/releases?limit=1000", "").list("releases")
	for i, r := range list {
		fields, _ := r.(map[string]any)
		m.same("release", fields["number"], len(list)-i)
	}
	m.same("releases", len(list), 2+len(rows))
}

func sentTwice(m *team) {
	m.push("One", "greet", signedIn, "one")
	m.connect()
	m.sync("succeeded")
	key := []string{"Idempotency-Key", "key of " + m.env}
	first := m.want(200, "PUT", m.base+"/workflows/greet/hold", `{"reason":"a"}`, key...)
	again := m.want(200, "PUT", m.base+"/workflows/greet/hold", `{"reason":"a"}`, key...)
	m.same("the second answer", again.text, first.text)
	m.want(409, "PUT", m.base+"/workflows/greet/hold", `{"reason":"b"}`, key...)
	m.same("releases", len(m.want(200, "GET", m.base+"/releases", "").list("releases")), 2)
}

func sawOlder(m *team) {
	m.push("One", "greet", signedIn, "one", "claims", tokens, "one")
	m.connect()
	m.sync("succeeded")
	tag := m.want(200, "GET", m.base+"/workflows/greet", "").header.Get("ETag")
	m.want(200, "PUT", m.base+"/workflows/claims/hold", "")
	m.want(200, "PUT", m.base+"/workflows/greet/hold", "", "If-Match", tag)
	m.want(412, "POST", m.base+"/workflows/greet/deactivate", "", "If-Match", tag)
	m.want(304, "GET", m.base+"/live", "", "If-None-Match", m.want(200, "GET", m.base+"/live", "").header.Get("ETag"))
}

func rolesHold(m *team) {
	m.push("One", "greet", signedIn, "one")
	m.connect()
	m.sync("succeeded")
	tokenOf := func(role, env string) (secret, id string) {
		r := m.want(201, "POST", "/v1/tokens", fmt.Sprintf(`{"name":%q,"role":%q,"environments":[%q]}`, role+" of "+m.env, role, env))
		return r.str("secret"), r.str("id")
	}
	viewer, _ := tokenOf("viewer", m.env)
	deployer, id := tokenOf("deployer", m.env)
	status := func(want int, method, path, token string) {
		m.Helper()
		if r := m.call(method, path, "", token); r.status != want {
			m.Errorf("%s %s: %d, want %d: %s", method, path, r.status, want, r.text)
		}
	}
	status(200, "GET", m.base+"/workflows", viewer)
	status(403, "PUT", m.base+"/workflows/greet/hold", viewer)
	status(200, "PUT", m.base+"/workflows/greet/hold", deployer)
	status(403, "DELETE", m.base, deployer)
	status(403, "GET", "/v1/environments/other", viewer)
	status(401, "GET", m.base, "")
	status(401, "GET", m.base, "slipway_nobody_nothing")
	if hold := m.workflow("greet").str("hold.actor"); hold != "deployer of "+m.env+" (token)" {
		m.Errorf("the hold is by %s", hold)
	}
	m.want(200, "DELETE", "/v1/tokens/"+id, "")
	end := time.Now().Add(2 * time.Second)
	for m.call("GET", m.base, "", deployer).status == 200 {
		if time.Now().After(end) {
			m.Fatal("a revoked token lets somebody in")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func clockBrings(m *team) {
	m.push("One", "greet", signedIn, "one")
	m.connect(`"pollSeconds":10`)
	m.sync("succeeded")
	m.push("Two", "greet", signedIn, "two")
	end := time.Now().Add(patience)
	for !strings.Contains(m.runs(signedIn), "two") {
		if time.Now().After(end) {
			m.Fatal("the clock did not bring what was pushed")
		}
		if err := m.Tick(m.Context()); err != nil {
			m.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	syncs := m.want(200, "GET", m.base+"/syncs", "").list("syncs")
	m.same("syncs", len(syncs), 2)
	newest, _ := syncs[0].(map[string]any)
	m.same("started by", newest["startedBy"], "clock (slipway)")
}

func manySyncs(m *team) {
	m.push("One", "greet", signedIn, "one")
	m.connect(`"pollSeconds":0`)
	var ids []string
	for n := range 10 {
		m.push(fmt.Sprint("Change ", n), "greet", signedIn, fmt.Sprint("change ", n))
		ids = append(ids, m.want(202, "POST", m.base+"/syncs", "").str("id"))
	}
	for _, id := range ids {
		m.ends(id, "succeeded")
	}
	if !strings.Contains(m.runs(signedIn), "change 9") {
		m.Error("the newest commit is not live")
	}
}

func planOnly(m *team) {
	m.push("One", "greet", signedIn, "one")
	m.connect()
	m.sync("succeeded")
	m.push("Two", "greet", signedIn, "two", "claims", "user:token", "bad")
	path := m.want(202, "POST", m.base+"/plans", "").header.Get("Location")
	plan := m.want(200, "GET", path, "")
	for end := time.Now().Add(patience); plan.str("status") == "running" && time.Now().Before(end); plan = m.want(200, "GET", path, "") {
		time.Sleep(50 * time.Millisecond)
	}
	m.same("status", plan.str("status"), "done")
	m.same("workflows", len(plan.list("report.workflows")), 2)
	if !strings.Contains(plan.text, "did you mean") || !strings.Contains(m.runs(signedIn), "one") {
		m.Errorf("the plan: %s", plan.text)
	}
	m.same("syncs", len(m.want(200, "GET", m.base+"/syncs", "").list("syncs")), 1)
}

func noRepository(m *team) {
	r := m.want(404, "POST", "/v1/environments", fmt.Sprintf(`{"slug":%q,"repository":{"url":%q,"branch":"main"}}`, m.env, strings.Replace(m.git, "/repo.git", "/nothing.git", 1)))
	m.same("code", r.str("code"), "repository-not-found")
	m.push("One", "greet", signedIn, "one")
	r = m.want(404, "POST", "/v1/environments", fmt.Sprintf(`{"slug":%q,"repository":{"url":%q,"branch":"nowhere"}}`, m.env, m.git))
	m.same("code", r.str("code"), "branch-not-found")
	m.want(404, "GET", m.base, "")
}
