package main

import (
	"encoding/json"
	"net/http"
	"sync"
)

// fake is a table of DynamoDB over HTTP that keeps what is put and gives items by
// their keys. It knows no conditions, indexes or lists: it stands for a table in
// which a token is stored and little else, and answers at once.
type fake struct {
	mu    sync.Mutex
	items map[key]json.RawMessage
}

// key is an item's.
type key struct{ PK, SK struct{ S string } }

// asked is the part of a request that is looked at.
type asked struct {
	Key           key
	TransactItems []struct {
		Put struct{ Item json.RawMessage }
	}
}

// ServeHTTP implements http.Handler.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in asked
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range in.TransactItems {
		var k key
		if json.Unmarshal(t.Put.Item, &k) == nil {
			f.items[k] = t.Put.Item
		}
	}
	out := map[string]any{}
	switch r.Header.Get("X-Amz-Target") {
	case "DynamoDB_20120810.GetItem":
		if item, ok := f.items[in.Key]; ok {
			out["Item"] = item
		}
	case "DynamoDB_20120810.Query":
		out["Items"] = []any{}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(w).Encode(out) // who hung up needs no answer
}
