package slipway

import "time"

// Workflow is the user's unit: what has this id in an environment, across
// commits. What is live of it is the ledger's to say.
type Workflow struct {
	ID          string `json:"id"`
	Environment string `json:"environment"`
	Name        string `json:"name,omitempty"`
	Trigger     string `json:"trigger"`
	Path        string `json:"path"`
	Seen        int64  `json:"seen"` // sequence of the sync that described it last

	Latest      DeploymentRef  `json:"latest"`
	LatestValid *DeploymentRef `json:"latestValid,omitempty"`

	// MissingSince is when a complete snapshot had neither its path nor its id.
	MissingSince *time.Time `json:"missingSince,omitempty"`
}

// DeploymentRef is what a workflow remembers of one of its deployments.
type DeploymentRef struct {
	ID        string    `json:"id"`
	Sequence  int64     `json:"sequence"`
	Outcome   Outcome   `json:"outcome"`
	Commit    Commit    `json:"commit"`
	Code      Code      `json:"code,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
}

// Saw returns w as it is after deployment d of it: described by the newest
// sync, and by a valid deployment's settings where there is one.
func (w Workflow) Saw(d Deployment) Workflow {
	w.ID, w.Environment = d.Workflow, d.Environment
	if d.Sequence < w.Seen {
		return w
	}
	w.Seen, w.Latest, w.Path, w.MissingSince = d.Sequence, d.Ref(), d.Path, nil
	if d.Outcome == Valid || w.LatestValid == nil && d.Settings.Trigger != "" {
		w.Trigger = d.Settings.Trigger
	}
	if d.Outcome == Valid {
		ref := d.Ref()
		w.LatestValid, w.Name = &ref, d.Settings.Name
	}
	return w
}

// Missed returns w as it is after sync sequence saw neither its path nor its
// id. A workflow that is missing already stays missing since then.
func (w Workflow) Missed(sequence int64, at time.Time) Workflow {
	if sequence < w.Seen {
		return w
	}
	w.Seen = sequence
	if w.MissingSince == nil {
		w.MissingSince = &at
	}
	return w
}
