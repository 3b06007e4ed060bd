package console

import "github.com/slipway-dev/slipway/internal/slipway"

// Routes are the patterns of all routes that take a session, with the least role of
// each.
func Routes() map[string]slipway.Role {
	all := map[string]slipway.Role{}
	for _, r := range (&console{}).routes() {
		all[r.pattern] = r.role
	}
	return all
}

// Moves are the commands about a workflow, with the least role of each.
func Moves() map[string]slipway.Role {
	all := map[string]slipway.Role{}
	for _, m := range moves() {
		all[m.Name] = m.role
	}
	return all
}
