package consoletest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// heard is what a tab loaded, and what the browser complained of.
type heard struct {
	mutex      sync.Mutex
	complaints []string
	requests   map[network.RequestID]*request
}

type request struct {
	kind   network.ResourceType
	url    string
	status int64
	bytes  float64 // over the wire, with headers
}

func newHeard() *heard { return &heard{requests: map[network.RequestID]*request{}} }

func (h *heard) event(event any) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			var text []string
			for _, a := range e.Args {
				text = append(text, string(a.Value)+a.Description)
			}
			h.complaints = append(h.complaints, strings.Join(text, " "))
		}
	case *runtime.EventExceptionThrown:
		h.complaints = append(h.complaints, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
			h.complaints = append(h.complaints, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		h.requests[e.RequestID] = &request{kind: e.Type, url: e.Request.URL}
	case *network.EventResponseReceived:
		if r := h.requests[e.RequestID]; r != nil {
			r.status = e.Response.Status
		}
	case *network.EventLoadingFinished:
		if r := h.requests[e.RequestID]; r != nil {
			r.bytes = e.EncodedDataLength
		}
	}
}

// forget forgets everything so far.
func (h *heard) forget() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.complaints, h.requests = nil, map[network.RequestID]*request{}
}

// complained is what the browser complained of.
func (h *heard) complained() []string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return slices.Clone(h.complaints)
}

// loaded are the requests so far.
func (h *heard) loaded() []request {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	var out []request
	for _, id := range slices.Sorted(maps.Keys(h.requests)) {
		out = append(out, *h.requests[id])
	}
	return out
}
