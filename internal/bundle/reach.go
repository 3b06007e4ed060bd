package bundle

import (
	"maps"
	"slices"
)

// edge is one import: the file or package that it means, and the paths that
// were looked at to find that out.
type edge struct {
	to     string
	looked []string
}

// reach is what an entry imports, itself and all that its imports do.
type reach struct {
	files          []string // real paths, sorted
	infrastructure bool
}

// reached follows the imports that the last build has seen.
func (p *project) reached(entry string) reach {
	real, err := p.tree.Real(entry)
	if err != nil {
		return reach{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var r reach
	seen := map[string]bool{real: true}
	for queue := []string{real}; len(queue) > 0; queue = queue[1:] {
		for _, e := range p.imports[queue[0]] {
			if e.to == infrastructureName {
				r.infrastructure = true
			} else if !seen[e.to] {
				seen[e.to] = true
				queue = append(queue, e.to)
			}
		}
	}
	r.files = slices.Sorted(maps.Keys(seen))
	return r
}

// lookedAt gives all paths whose content, kind or absence the bundle rests on.
func (p *project) lookedAt(entry string, r reach) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.Concat(p.configuration, r.files, []string{entry})
	for _, f := range r.files {
		for _, e := range p.imports[f] {
			all = append(all, e.looked...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
