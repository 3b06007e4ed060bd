package gitremote

import (
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/slipway-dev/slipway/internal/fault"
)

type hash = plumbing.Hash

const branchPrefix = "refs/heads/"

// refs is what a repository says of its branches.
type refs struct {
	branches map[string]hash
	head     string // the branch that HEAD names, "" if unknown
	detached hash   // HEAD where it names no branch
}

// find returns a branch's full name and its tip; "" asks for the default
// branch, whose name is "" where HEAD is a commit.
func (r *refs) find(branch string) (string, hash, error) {
	name := branch
	if name == "" {
		name = r.head
	}
	if tip, ok := r.branches[name]; ok {
		return name, tip, nil
	}
	switch {
	case branch == "" && !r.detached.IsZero():
		return "", r.detached, nil
	case len(r.branches) == 0:
		return "", hash{}, empty()
	case name == "":
		return "", hash{}, r.missing(fault.New(fault.NotFound, "branch-not-found", "the repository names no default branch"), "main")
	case branch == "":
		return "", hash{}, r.missing(fault.New(fault.NotFound, "branch-not-found", "the repository's default branch %q does not exist", name), name)
	}
	return "", hash{}, r.missing(fault.New(fault.NotFound, "branch-not-found", "the repository has no branch %q", name), name)
}

func empty() error {
	return fault.New(fault.Invalid, "repository-empty", "the repository has no commit yet").
		WithHint("push a first commit, then sync again")
}

// missing adds the branches there are, those that look most like the wanted one
// first.
func (r *refs) missing(f *fault.Fault, wanted string) error {
	const most, compared = 10, 2000
	names := make([]string, 0, len(r.branches))
	for name := range r.branches {
		names = append(names, name)
	}
	slices.Sort(names)
	total := len(names)
	names = names[:min(total, compared)]
	slices.SortStableFunc(names, func(a, b string) int { return distance(wanted, a) - distance(wanted, b) })
	names = names[:min(len(names), most)]
	for i, name := range names {
		names[i] = clip(name, 100)
	}
	list := strings.Join(names, ", ")
	if total > len(names) {
		return f.WithHint("it has %d branches, among them: %s", total, list)
	}
	return f.WithHint("its branches are: %s", list)
}

// distance is how many letters two names differ by, at most 64 of each being
// looked at, without regard to case.
func distance(a, b string) int {
	x, y := strings.ToLower(clip(a, 64)), strings.ToLower(clip(b, 64))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(x) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(y) {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

// clip shortens a text to n bytes and makes it valid UTF-8.
func clip(text string, n int) string {
	if len(text) > n {
		text = text[:n]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
