package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// troublePath is where tests make troubles: POST makes one and gives its id, GET
// of the id says how many calls have met it, DELETE ends it.
const troublePath = "/_guard/troubles/"

// trouble is what a test makes of some calls of a function.
type trouble struct {
	Function string
	Action   string // in the words of IAM
	About    string // a text in the request's path or body
	// Refuse answers as if the role did not allow the call. Else the call waits
	// until the trouble ends, and then goes on, unless its function has died.
	Refuse bool

	met  int
	over chan struct{}
}

// troubles are those of a guard.
type troubles struct {
	mu   sync.Mutex
	last int
	by   map[int]*trouble
}

// ServeHTTP is for tests.
func (t *troubles) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, troublePath))
	made := &trouble{over: make(chan struct{})}
	if r.Method == http.MethodPost {
		err = json.NewDecoder(r.Body).Decode(made)
		if err == nil && (made.Function == "" || made.Action == "" || made.About == "") {
			err = fmt.Errorf("a trouble names a function, an action and what it is about")
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.Method == http.MethodPost {
		t.last++
		t.by[t.last] = made
		_ = json.NewEncoder(w).Encode(map[string]int{"id": t.last})
		return
	}
	found := t.by[id]
	if found == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodDelete {
		delete(t.by, id)
		close(found.over)
	}
	_ = json.NewEncoder(w).Encode(map[string]int{"met": found.met})
}

// meet finds the trouble of a call, nil for none, and counts.
func (t *troubles) meet(function, path string, body []byte, does []deed) *trouble {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range t.by {
		about := strings.Contains(path, one.About) || strings.Contains(string(body), one.About)
		if function == one.Function && about && slices.ContainsFunc(does, func(d deed) bool { return d.action == one.Action }) {
			one.met++
			return one
		}
	}
	return nil
}

// delays lets a call wait for the end of its trouble; gone says that its function
// did not.
func (t *trouble) delays(r *http.Request) (gone bool) {
	select {
	case <-t.over:
		return false
	case <-r.Context().Done():
		return true
	}
}
