package catalog

import (
	"slices"
	"strings"
)

// TriggerSuggestion returns the trigger that name was probably meant to be, or "".
func (c Catalog) TriggerSuggestion(name string) string {
	if t, ok := c.Trigger(c.mistakes[name]); ok {
		return t.Name
	}
	names := make([]string, 0, len(c.triggers))
	for _, t := range c.triggers {
		names = append(names, t.Name)
	}
	if near := Nearest(name, names); near != "" {
		return near
	}
	if t, ok := c.Member(c.MemberSuggestion(strings.TrimPrefix(name, "WorkflowTrigger."))); ok {
		return t.Name
	}
	return ""
}

// MemberSuggestion returns the member of WorkflowTrigger that was probably meant,
// or "". A member that exists is its own suggestion.
func (c Catalog) MemberSuggestion(member string) string {
	if t, ok := c.Member(c.mistakes[member]); ok {
		return t.Member
	}
	var members []string
	for _, t := range c.triggers {
		if t.Member != "" {
			members = append(members, t.Member)
		}
	}
	return Nearest(member, members)
}

// BindingSuggestion returns the binding that name was probably meant to be, or "".
func (c Catalog) BindingSuggestion(name string) string {
	if b, ok := c.Binding(c.mistakes[name]); ok {
		return b.Name
	}
	var names, bare []string
	for _, b := range c.bindings {
		if !b.Undeclarable {
			names = append(names, b.Name)
			bare = append(bare, strings.TrimPrefix(b.Name, "kinde."))
		}
	}
	if near := Nearest(name, names); near != "" {
		return near
	}
	if near := Nearest(name, bare); near != "" {
		return names[slices.Index(bare, near)]
	}
	return ""
}

// Nearest returns the one of words that differs least from word, letter case
// apart, if it differs in at most a third of its letters; else "". Of equals the
// first wins.
func Nearest(word string, words []string) string {
	best, least := "", len(word)/3+1
	for _, w := range words {
		if d := Distance(strings.ToLower(word), strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// Distance is the number of letters to insert, drop, change, or swap with their
// neighbour, to make b of a. Words of more than 256 bytes differ in all of them.
func Distance(a, b string) int {
	if len(a) > 256 || len(b) > 256 {
		return max(len(a), len(b))
	}
	before, last, row := []int(nil), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost(a[i-1] != b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, make([]int, len(b)+1)
	}
	return last[len(b)]
}

func cost(differ bool) int {
	if differ {
		return 1
	}
	return 0
}
