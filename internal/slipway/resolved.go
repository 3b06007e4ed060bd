package slipway

import "time"

// Resolved is the little of a ledger's head that is read whenever a trigger
// fires: what runs on each trigger. A store writes it in the row's transaction.
type Resolved struct {
	Release int64               `json:"release"` // the row it is from, 0 for an empty ledger
	At      time.Time           `json:"at,omitzero"`
	Live    map[string]Resolves `json:"live"` // by trigger
}

// Resolves is what runs when a trigger fires.
type Resolves struct {
	Workflow   string `json:"workflow"`
	Deployment string `json:"deployment"`
	Digest     string `json:"digest"` // of the bundle
}

// ResolvedOf is what row leaves live on each trigger.
func ResolvedOf(row Row) Resolved {
	r := Resolved{Release: row.Number, At: row.At, Live: map[string]Resolves{}}
	for id, w := range row.State.Workflows {
		if w.Live != nil {
			r.Live[w.Live.Trigger] = Resolves{Workflow: id, Deployment: w.Live.Deployment, Digest: w.Live.Digest}
		}
	}
	return r
}
