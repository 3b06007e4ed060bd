package check

import (
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Stored is a workflow that the environment already has.
type Stored struct {
	Workflow string // its id
	Trigger  string // of its live deployment, else of its newest
	Path     string // where it was last seen
	Live     bool   // it has a live deployment
}

// Across applies the rules that need all files of a commit, and the workflows
// that are stored. It runs no foreign code and returns copies.
//
// Of a duplicate id or trigger all fail. A trigger that a live stored workflow
// keeps fails nobody: automation leaves the new workflow Deployed, and the
// warning says why. Files that exchange triggers are fine.
func Across(files []File, stored []Stored) []File {
	out := slices.Clone(files)
	for i := range out {
		out[i].Diagnostics = slices.Clone(out[i].Diagnostics)
	}
	duplicates(out, diagnostic.DuplicateID, "id",
		func(f File) (string, Place) { return f.Settings.ID, f.Places.ID })
	duplicates(out, diagnostic.DuplicateTrigger, "trigger",
		func(f File) (string, Place) { return f.Settings.Trigger, f.Places.Trigger })
	for i := range out {
		againstStored(&out[i], files, stored)
		diagnostic.Sort(out[i].Diagnostics)
	}
	return out
}

// duplicates speaks of files that failed for another reason too: they would
// clash once they are mended.
func duplicates(files []File, code diagnostic.Code, what string, key func(File) (string, Place)) {
	groups := map[string][]int{}
	for i, f := range files {
		if value, _ := key(f); value != "" {
			groups[value] = append(groups[value], i)
		}
	}
	for value, group := range groups {
		if len(group) < 2 {
			continue
		}
		for _, i := range group {
			var others []string
			for _, j := range group {
				if j != i {
					others = append(others, files[j].Path)
				}
			}
			_, at := key(files[i])
			d := diagnostic.New(code, files[i].Path, "the "+what+" "+quoteName(value)+" is also that of "+listed(others), "")
			if at.Path != "" {
				d.Path, d.Line, d.Column = at.Path, at.Line, at.Column
			}
			d.Hint = "give each workflow " + map[string]string{"id": "an id of its own", "trigger": "a trigger of its own, or put the code of all into one"}[what]
			files[i].Diagnostics = append(files[i].Diagnostics, d)
		}
	}
}

func againstStored(f *File, files []File, stored []Stored) {
	if f.Settings.Trigger == "" || f.Settings.ID == "" {
		return
	}
	for _, s := range stored {
		if !s.Live || s.Trigger != f.Settings.Trigger || s.Workflow == f.Settings.ID {
			continue
		}
		why, keeps := keepsTrigger(s, files)
		if !keeps {
			continue
		}
		d := diagnostic.New(diagnostic.TriggerOfStoredWorkflow, f.Path,
			"the trigger "+quoteName(s.Trigger)+" is that of the live workflow "+quoteName(s.Workflow)+", "+why,
			"deactivate "+quoteName(s.Workflow)+", or take its id if this is the same workflow")
		if at := f.Places.Trigger; at.Path != "" {
			d.Path, d.Line, d.Column = at.Path, at.Line, at.Column
		}
		f.Diagnostics = append(f.Diagnostics, d)
	}
}

// keepsTrigger reports whether a stored workflow stays with its trigger after a
// commit with these files, and why.
func keepsTrigger(s Stored, files []File) (why string, keeps bool) {
	for _, f := range files {
		switch {
		case f.Settings.ID == s.Workflow && !f.Valid():
			return "whose file " + f.Path + " fails this check", true
		case f.Settings.ID == s.Workflow:
			return "", false // it moves to another trigger, or is a duplicate that has been named
		}
	}
	for _, f := range files {
		if f.Path == s.Path && f.Settings.ID == "" {
			return "whose file " + f.Path + " fails this check", true
		}
	}
	return "which has no file any more", true
}

// listed names at most five paths.
func listed(paths []string) string {
	if len(paths) > 5 {
		return strings.Join(paths[:5], ", ") + " and others"
	}
	return strings.Join(paths, ", ")
}
