package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Resolved is what runs when a trigger fires.
type Resolved struct {
	Trigger    string `json:"trigger" example:"user:tokens_generation"`
	Workflow   string `json:"workflow" example:"customClaims"`
	Deployment string `json:"deployment" example:"dep_01KA3V6Q8Y3F1ZJ0T7M5R2W9XE"`
	Digest     string `json:"digest" doc:"Of the bundle, sha256:…"`
	Bundle     string `json:"bundle" doc:"The path where the bundle can be read; it never changes."`
	Release    int64  `json:"release" doc:"The release that this was answered from."`
}

// LiveSet is everything that is live.
type LiveSet struct {
	Release int64      `json:"release" doc:"The release that this was answered from, 0 before the first."`
	At      *time.Time `json:"at" doc:"When that release was, null before the first."`
	Live    []Resolved `json:"live" nullable:"false" doc:"By trigger."`
}

const (
	resolveID = "resolve"
	livePath  = environmentPath + "/live"
)

// resolve is read at every sign-in, so one trigger is answered from a small
// record, without anything in between, and from memory while that is as it was.
func (a *api) resolve() {
	o := operation{
		id: resolveID, method: http.MethodGet, path: livePath + "/{trigger}", tag: "live", group: Reads, role: slipway.Viewer,
		summary: "Resolve: what runs when a trigger fires",
		text:    "The ETag is the environment's id and the release number. With release, what ran after that release. What it answers is at most 250 ms old.",
	}
	add(a, operation{
		id: "list-live", method: http.MethodGet, path: livePath, tag: "live", group: Reads, role: slipway.Viewer,
		summary: "Everything that is live, by trigger",
	}, a.listLive)
	cache := &resolveAnswers{}
	a.addRaw(o, describeResolve, func(w http.ResponseWriter, r *http.Request) { a.serveResolve(w, r, cache) })
}

func describeResolve(op *huma.Operation, all huma.Registry) {
	op.Parameters = append(op.Parameters, pathParam("env", "The environment's slug."), pathParam("trigger", "The trigger, such as user:tokens_generation."),
		&huma.Param{
			Name: "release", In: "query", Description: "An earlier release, in place of the newest.",
			Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: new(1.0)},
		})
	op.Responses["200"] = &huma.Response{
		Description: "What is live on the trigger.",
		Content:     map[string]*huma.MediaType{jsonType: {Schema: all.Schema(typeOf[Resolved](), true, "Resolved")}},
	}
}

const jsonType = "application/json"

func (a *api) serveResolve(w http.ResponseWriter, r *http.Request, cache *resolveAnswers) {
	env, trigger := r.PathValue("env"), r.PathValue("trigger")
	live, err := a.liveAt(r, env)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	h := w.Header()
	prepared := cache.get(live, env, trigger)
	if prepared == nil {
		setRelease(h, live)
		a.refuse(w, r, notResolved(env, trigger, live.Release))
		return
	}
	h[releaseHeader], h["Etag"], h["Cache-Control"] = prepared.release, prepared.tag, noCache()
	if ifNoneMatch(r.Header.Get("If-None-Match"), prepared.tag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = prepared.kind
	_, _ = w.Write(prepared.body) // who asked has gone
}

func noCache() []string { return []string{"private, no-cache"} }

func notResolved(env, trigger string, release int64) error {
	return fault.New(fault.NotFound, codeNotResolved, "nothing is live on the trigger %q in environment %q, as of release %d", trigger, env, release).
		WithHint("list the workflows to see what is live, and on which trigger").WithFix("workflows", fault.EnvArg)
}

// liveAt is what is live now, or after the release that the request names.
func (a *api) liveAt(r *http.Request, env string) (*control.Resolution, error) {
	if r.URL.RawQuery == "" {
		return a.plane.Resolve(r.Context(), env)
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	text := q.Get("release")
	if err == nil && !q.Has("release") {
		return a.plane.Resolve(r.Context(), env)
	}
	release, perr := strconv.ParseInt(text, 10, 64)
	if err != nil || perr != nil || release < 1 {
		return nil, fault.New(fault.Invalid, codeInvalid, "%q is no release number", text).WithHint("release numbers are 1, 2, 3 …")
	}
	return a.plane.ResolveAt(r.Context(), env, release)
}

func setRelease(h http.Header, live *control.Resolution) {
	h.Set(releaseHeader, strconv.FormatInt(live.Release, 10))
}

func resolveTag(live *control.Resolution) string {
	return `"` + live.Environment + "." + strconv.FormatInt(live.Release, 10) + `"`
}

// resolveAnswers keeps the answers that were made of the newest few resolutions.
// A resolution never changes, so its answers do not either.
type resolveAnswers struct {
	mu   sync.RWMutex
	made map[resolveKey]*resolveAnswer
}

type resolveKey struct {
	live    *control.Resolution
	env     string
	trigger string
}

type resolveAnswer struct {
	release, tag, kind []string
	body               []byte
}

// maxResolveAnswers bounds them.
const maxResolveAnswers = 4096

// get gives the answer for a trigger, nil if nothing is live on it.
func (c *resolveAnswers) get(live *control.Resolution, env, trigger string) *resolveAnswer {
	key := resolveKey{live, env, trigger}
	c.mu.RLock()
	made := c.made[key]
	c.mu.RUnlock()
	if made != nil {
		return made
	}
	on, ok := live.Live[trigger]
	if !ok {
		return nil
	}
	data, err := json.Marshal(resolvedOf(env, trigger, on, live.Release))
	if err != nil { // texts and a number always encode
		return nil
	}
	made = &resolveAnswer{
		release: []string{strconv.FormatInt(live.Release, 10)}, tag: []string{resolveTag(live)}, kind: []string{jsonType}, body: append(data, '\n'),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil || len(c.made) >= maxResolveAnswers {
		c.made = map[resolveKey]*resolveAnswer{}
	}
	c.made[key] = made
	return made
}

func resolvedOf(env, trigger string, on slipway.Resolves, release int64) Resolved {
	return Resolved{
		Trigger: trigger, Workflow: on.Workflow, Deployment: on.Deployment, Digest: on.Digest, Release: release,
		Bundle: "/v1/environments/" + env + "/deployments/" + on.Deployment + "/bundle",
	}
}
