package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// guard stands between the functions and the emulator, which lets everybody do
// everything, and lets each function do what its role allows. A function says who
// it is in the User-Agent of its requests, by AWS_SDK_UA_APP_ID.
type guard struct {
	url    string
	server *http.Server
	proxy  *httputil.ReverseProxy
	to     *url.URL

	mu       sync.Mutex
	policies map[string][]statement // by function; read when it calls first
	refused  []string
	allowed  int

	troubles troubles
}

// startGuard listens on a free port. What it guards is told later.
func startGuard(ctx context.Context) (*guard, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &guard{url: "http://" + l.Addr().String(), policies: map[string][]statement{}, troubles: troubles{by: map[int]*trouble{}}}
	g.server = &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	go func() { _ = g.server.Serve(l) }() // until it is closed
	return g, nil
}

// address is where functions find it; "" of none.
func (g *guard) address() string {
	if g == nil {
		return ""
	}
	return g.url
}

// guards names the emulator. None guards nothing.
func (g *guard) guards(endpoint string) error {
	if g == nil {
		return nil
	}
	to, err := url.Parse(endpoint)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.to = to
	g.proxy = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
	return nil
}

var caller = regexp.MustCompile(`\bapp/([\w-]+)`)

// ServeHTTP passes on what the caller's role allows, and no test makes trouble of.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, troublePath) {
		g.troubles.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if who := caller.FindStringSubmatch(r.UserAgent()); who != nil {
		does, err := g.permit(r, who[1], body)
		if err != nil {
			g.note(err)
			refuse(w, err)
			return
		}
		if t := g.troubles.meet(who[1], r.URL.Path, body, does); t != nil {
			if t.Refuse {
				refuse(w, errTrouble)
				return
			}
			if t.delays(r) {
				return
			}
		}
	}
	g.proxy.ServeHTTP(w, r)
}

// errTrouble is a refusal that a test has asked for.
var errTrouble = errors.New("a test wants this refused")

// permit gives the things that a request does. It fails if one is not allowed.
func (g *guard) permit(r *http.Request, function string, body []byte) ([]deed, error) {
	wanted, err := deeds(r, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", function, err)
	}
	policy, err := g.policy(r.Context(), function)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", function, err)
	}
	for _, d := range wanted {
		if !slices.ContainsFunc(policy, func(s statement) bool { return s.allows(d) }) {
			return nil, fmt.Errorf("%s may not %s on %s %v", function, d.action, d.resource, d.keys)
		}
	}
	g.mu.Lock()
	g.allowed += len(wanted)
	g.mu.Unlock()
	return wanted, nil
}

// note keeps what was refused for the verdict.
func (g *guard) note(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refused = append(g.refused, err.Error())
}

func refuse(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusForbidden)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": "AccessDeniedException", "message": err.Error()})
}

// policy is what a function's role allows, as it is deployed.
func (g *guard) policy(ctx context.Context, function string) ([]statement, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p, ok := g.policies[function]; ok {
		return p, nil
	}
	p, err := readPolicy(ctx, g.to.String(), function)
	if err == nil {
		g.policies[function] = p
	}
	return p, err
}

// verdict ends the guard. It fails if a function was refused anything, or if none
// ever asked, which would mean that nothing was guarded.
func (g *guard) verdict() error {
	_ = g.server.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	var errs []error
	slices.Sort(g.refused)
	for _, r := range slices.Compact(g.refused) {
		errs = append(errs, errors.New("refused by its role: "+r))
	}
	if g.allowed == 0 {
		errs = append(errs, errors.New("no function was seen to call anything"))
	}
	return errors.Join(errs...)
}
