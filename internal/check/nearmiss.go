package check

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

const (
	maxNearMisses    = 20
	maxNearMissBytes = 16 << 20 // read to look for settings in files that are no workflows
)

var settingsExport = regexp.MustCompile(`(?m)^\s*export\s+(const|let|var)\s+workflowSettings\b`)

// nearMisses names the files that are not workflows and were probably meant to
// be. Where workflows were found, a file outside their folder counts only if it
// exports settings.
func (s *search) nearMisses() []diagnostic.Diagnostic {
	var ds []diagnostic.Diagnostic
	more, budget := 0, int64(maxNearMissBytes)
	for _, name := range s.others {
		message, hint := s.nearMiss(name, &budget)
		switch {
		case message == "":
		case len(ds) == maxNearMisses:
			more++
		default:
			ds = append(ds, diagnostic.New(diagnostic.NearMiss, name, message, hint))
		}
	}
	if more > 0 {
		ds = append(ds, diagnostic.New(diagnostic.NearMiss, "", fmt.Sprintf("and %d more files that look like workflows", more), ""))
	}
	return ds
}

func (s *search) nearMiss(name string, budget *int64) (message, hint string) {
	base := path.Base(name)
	stem := strings.TrimSuffix(base, path.Ext(base))
	if derived(stem) {
		return s.derivedMiss(name, stem)
	}
	inside := s.inside(name)
	switch {
	case inside && strings.HasSuffix(strings.ToLower(stem), "workflow"):
		return "looks like a workflow; " + path.Ext(base) + " files are not workflows", "rename it to " + stem + ".ts or .js"
	case inside && almostSuffix(stem) != "":
		return "looks like a workflow; its name does not end in Workflow", "rename it to " + almostSuffix(stem) + plainExt(name)
	case inside && s.exportsSettings(name, budget):
		return "exports workflowSettings; its name does not end in Workflow, so it is not a workflow", "rename it to " + stem + "Workflow" + plainExt(name)
	case inside:
		return "", ""
	}
	named := isWorkflowName(name)
	if named && len(s.files) == 0 || s.exportsSettings(name, budget) {
		target := base
		if !named {
			target = stem + "Workflow" + plainExt(name)
		}
		return "looks like a workflow; it is not in the folder " + s.folder, s.folderHint(name, target)
	}
	return "", ""
}

// derived reports a file made from another, or about it.
func derived(stem string) bool {
	for _, end := range []string{".test", ".spec", ".d"} {
		if strings.HasSuffix(strings.ToLower(stem), end) {
			return true
		}
	}
	return false
}

// derivedMiss speaks of aWorkflow.test.ts and aWorkflow.d.ts only if they stand
// alone.
func (s *search) derivedMiss(name, stem string) (message, hint string) {
	real := strings.TrimSuffix(stem, path.Ext(stem))
	if !s.inside(name) || !strings.HasSuffix(strings.ToLower(real), "workflow") {
		return "", ""
	}
	for _, other := range s.tree.Names(path.Dir(name)) {
		if isWorkflowName(other) && strings.EqualFold(strings.TrimSuffix(other, path.Ext(other)), real) {
			return "", ""
		}
	}
	return "tests and declarations are not workflows, and there is no " + real + ".ts beside it", "rename it to " + real + ".ts if it is one"
}

// almostSuffix returns stem with its end corrected to Workflow, if the end is
// one or two letters away from it.
func almostSuffix(stem string) string {
	for _, n := range []int{8, 9, 7, 10} {
		if len(stem) < n {
			continue
		}
		end := strings.ToLower(stem[len(stem)-n:])
		if d := catalog.Distance(end, "workflow"); d <= 2 && end[0] == 'w' {
			return stem[:len(stem)-n] + "Workflow"
		}
	}
	return ""
}

func plainExt(name string) string {
	if strings.Contains(strings.ToLower(path.Ext(name)), "j") {
		return ".js"
	}
	return ".ts"
}

func (s *search) exportsSettings(name string, budget *int64) bool {
	if *budget <= 0 {
		return false
	}
	data, err := s.tree.Read(name, s.limit)
	*budget -= int64(len(data))
	return err == nil && settingsExport.MatchString(Mask(string(data)))
}

// folderHint says where the file belongs, and whether a folder on its way has
// only its letters wrong.
func (s *search) folderHint(name, target string) string {
	hint := "move it to " + path.Join(s.folder, target)
	have, want := split(path.Dir(name)), split(s.folder)
	for i := range want {
		if i >= len(have) {
			break
		}
		if have[i] == want[i] {
			continue
		}
		if catalog.Nearest(have[i], []string{want[i]}) != "" {
			return hint + " (the folder is " + want[i] + ", not " + have[i] + ")"
		}
		break
	}
	if before, _, ok := strings.Cut(name, "/"+workflowsDir+"/"); ok {
		if rel := relativeTo(s.root, before); rel != "" {
			return "set rootDir in kinde.json to \"" + rel + "\", or " + hint
		}
	}
	return hint
}

func relativeTo(root, name string) string {
	if root == "" {
		return name
	}
	return strings.TrimPrefix(name, root+"/")
}

func nearestName(word string, names []string) string { return catalog.Nearest(word, names) }
