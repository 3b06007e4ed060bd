package control

import (
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// What stores refuse, in one wording: a person reads the same whichever store
// stands behind a command.

// EnvironmentExists is for a slug, or an id, that is taken.
func EnvironmentExists(slug string) *fault.Fault {
	return fault.New(fault.Conflict, "environment-exists", "there is an environment %q already", slug).
		WithHint("choose another name")
}

// EnvironmentChanged is for a change of an environment that is another by now.
func EnvironmentChanged(slug string) *fault.Fault {
	return fault.New(fault.Conflict, CodeEnvironmentChanged, "environment %q was changed meanwhile", slug).
		WithHint("look at what it is now, then decide again").WithFix("env", "show", slug)
}

// UnknownEnvironment is for a slug that names none.
func UnknownEnvironment(slug string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-environment", "there is no environment %q", slug).
		WithHint("list the environments to see their names").WithFix("env", "list")
}

// EnvironmentRemoved is for a write to an environment that was removed.
func EnvironmentRemoved() *fault.Fault {
	return fault.New(fault.NotFound, "unknown-environment", "the environment was removed").
		WithHint("list the environments to see those there are").WithFix("env", "list")
}

// UnknownSync is for an id that names no sync.
func UnknownSync(id string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-sync", "there is no sync %q", id)
}

// LeaseLost is for a write under a fence that no longer holds.
func LeaseLost(f slipway.Fence) *fault.Fault {
	return fault.New(fault.LeaseLost, "lease-lost", "sync %s has ended or belongs to another worker", f.Sync)
}

// SlotMoved is for a move of a slot that is another by now.
func SlotMoved() *fault.Fault {
	return fault.New(fault.Conflict, "slot-moved", "another sync was asked for, started or ended meanwhile").WithHint("look again")
}

// UnknownDeployment is for an id that names no deployment.
func UnknownDeployment(id string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-deployment", "there is no deployment %q", id)
}

// DeploymentGone is for a row that makes a deployment live which is not stored.
func DeploymentGone(id string) *fault.Fault {
	return fault.New(fault.Conflict, "deployment-gone", "%s cannot go live: it has been pruned", id).
		WithHint("choose another deployment; a sync of its commit makes it anew")
}

// UnknownWorkflow is for an id that names no workflow.
func UnknownWorkflow(id string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-workflow", "there is no workflow %q", id).
		WithHint("list the workflows to see their ids")
}

// LedgerMoved is for a row that does not follow the head.
func LedgerMoved(number int64) *fault.Fault {
	return fault.New(fault.Conflict, "ledger-moved", "release %d does not follow the newest one", number).
		WithHint("somebody else was first; look at what is live now and decide again")
}

// HeadMoved is for what was decided at a head that is none any more.
func HeadMoved(head int64) *fault.Fault {
	return fault.New(fault.Conflict, "ledger-moved", "release %d is no longer the head", head).
		WithHint("look at what is live now and decide again")
}

// SyncSince is for a row that takes for granted that no sync was asked for after
// one, where one was.
func SyncSince(sequence int64) *fault.Fault {
	return fault.New(fault.Conflict, "sync-since", "a sync was asked for after that with sequence %d", sequence).
		WithHint("look at what it brought and decide again")
}

// UnknownRelease is for a number that no row has.
func UnknownRelease(number int64) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-release", "there is no release %d", number).
		WithHint("list the releases to see their numbers")
}

// UnknownRow is for an id that no row has.
func UnknownRow(id string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-release", "there is no release with the id %q", id)
}

// TooManyRecords is for more records than one transaction removes.
func TooManyRecords(n int) *fault.Fault {
	return fault.New(fault.Internal, "too-many-records", "%d records are too many for one transaction", n)
}

// NoPoll is for an id of an environment that there is not, or no more.
func NoPoll(env string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-environment", "there is no environment with the id %q", env).
		WithHint("list the environments to see those there are").WithFix("env", "list")
}

// PollMoved is for a poll that is another by now.
func PollMoved(slug string) *fault.Fault {
	return fault.New(fault.Conflict, "poll-moved", "the poll of environment %q moved meanwhile", slug).WithHint("look again")
}

// TokenExists is for the id of a new token that is taken.
func TokenExists(id string) *fault.Fault {
	return fault.New(fault.Conflict, "token-exists", "there is a token %q already", id).WithHint("make another")
}

// TokenChanged is for a change of a token that is another by now.
func TokenChanged(id string) *fault.Fault {
	return fault.New(fault.Conflict, "token-changed", "the token %q was used or revoked meanwhile", id).WithHint("look again")
}

// UnknownToken is for an id that names no token.
func UnknownToken(id string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-token", "there is no token %q", id).WithHint("list the tokens to see their ids")
}
