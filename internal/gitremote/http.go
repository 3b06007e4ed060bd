package gitremote

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// hosted is a repository behind smart HTTP, for one operation.
type hosted struct {
	peer
	session  transport.UploadPackSession
	exchange *exchange
	offers   *capability.List
}

// connect asks a host for its references.
func (r *Remote) connect(ctx context.Context, cancel context.CancelFunc, place location, credential transport.AuthMethod, p peer) (source, *refs, error) {
	h := &hosted{peer: p, exchange: &exchange{
		watch: watch{stall: r.stall, cancel: cancel}, base: r.transport, maxPack: maxPack(r.limits),
	}}
	client := githttp.NewClientWithOptions(&http.Client{Transport: h.exchange},
		&githttp.ClientOptions{RedirectPolicy: githttp.FollowInitialRedirects})
	var err error
	if h.session, err = client.NewUploadPackSession(endpoint(place.url), credential); err != nil {
		return nil, nil, h.fault(ctx, err)
	}
	answer, err := h.session.AdvertisedReferencesContext(ctx)
	if err != nil {
		return nil, nil, h.fault(ctx, err)
	}
	h.offers = answer.Capabilities
	return h, advertised(answer), nil
}

func (h *hosted) close() { _ = h.session.Close() }

// fetch asks for one commit, without its history, and reads the pack.
func (h *hosted) fetch(ctx context.Context, commit hash) (objects, error) {
	request, err := requestFor(commit, h.offers)
	if err != nil {
		return nil, h.fault(ctx, err)
	}
	response, err := h.session.UploadPack(ctx, request)
	if err != nil {
		return nil, h.fault(ctx, err)
	}
	defer func() { _ = response.Close() }()
	objects, err := readPack(demultiplexed(response, request.Capabilities), h.limits)
	if err != nil {
		return nil, h.fault(ctx, err)
	}
	return objects, nil
}

// requestFor asks for one commit, without its history if the host can do that.
func requestFor(commit hash, offers *capability.List) (*packp.UploadPackRequest, error) {
	request := packp.NewUploadPackRequestFromCapabilities(offers)
	request.Wants = []plumbing.Hash{commit}
	if !offers.Supports(capability.Shallow) {
		return request, nil
	}
	request.Depth = packp.DepthCommits(1)
	return request, request.Capabilities.Set(capability.Shallow)
}

func demultiplexed(response io.Reader, agreed *capability.List) io.Reader {
	switch {
	case agreed.Supports(capability.Sideband64k):
		return sideband.NewDemuxer(sideband.Sideband64k, response)
	case agreed.Supports(capability.Sideband):
		return sideband.NewDemuxer(sideband.Sideband, response)
	}
	return response
}

func endpoint(u *url.URL) *transport.Endpoint {
	host := u.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port, _ := strconv.Atoi(u.Port()) // url.Parse takes digits only; 0 is the scheme's own
	return &transport.Endpoint{Protocol: u.Scheme, Host: host, Port: port, Path: strings.TrimSuffix(u.EscapedPath(), "/")}
}

// advertised takes the branches from what a host says.
func advertised(answer *packp.AdvRefs) *refs {
	r := &refs{branches: map[string]hash{}}
	for name, tip := range answer.References {
		if branch, ok := strings.CutPrefix(name, branchPrefix); ok {
			r.branches[branch] = tip
		}
	}
	for _, pair := range answer.Capabilities.Get(capability.SymRef) {
		if target, ok := strings.CutPrefix(pair, "HEAD:"); ok {
			r.head = strings.TrimPrefix(target, branchPrefix)
		}
	}
	if r.head == "" && answer.Head != nil {
		r.head, r.detached = guessHead(r.branches, *answer.Head), *answer.Head
	}
	return r
}

// guessHead finds the branch that HEAD names where a host does not say: one with
// the same tip, of the usual names first.
func guessHead(branches map[string]hash, head hash) string {
	for _, name := range []string{"main", "master"} {
		if tip, ok := branches[name]; ok && tip == head {
			return name
		}
	}
	found := ""
	for name, tip := range branches {
		if tip == head && (found == "" || name < found) {
			found = name
		}
	}
	return found
}
