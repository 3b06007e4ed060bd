package bundle

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// tsconfig is what the project's tsconfig.json says of imports, and of the
// syntax whose meaning it changes. Types are not checked.
type tsconfig struct {
	baseURL string // a folder of the snapshot; "" if none is set
	paths   []mapping
	options struct {
		ExperimentalDecorators  *bool `json:"experimentalDecorators,omitempty"`
		UseDefineForClassFields *bool `json:"useDefineForClassFields,omitempty"`
	}
	found []diagnostic.Diagnostic
}

// mapping is one entry of paths: a pattern with at most one star, and the files
// it may mean, from the snapshot's root.
type mapping struct {
	prefix, suffix string
	star           bool
	targets        []string
}

type tsconfigFile struct {
	Extends         json.RawMessage `json:"extends"`
	CompilerOptions struct {
		BaseURL                 *string             `json:"baseUrl"`
		Paths                   map[string][]string `json:"paths"`
		ExperimentalDecorators  *bool               `json:"experimentalDecorators"`
		UseDefineForClassFields *bool               `json:"useDefineForClassFields"`
	} `json:"compilerOptions"`
}

func readTSConfig(p *project) tsconfig {
	var c tsconfig
	name := path.Join(p.root, "tsconfig.json")
	if p.tree.IsFile(name) {
		c.read(p, name, 0)
	}
	return c
}

// read applies a file after those that it extends, so that the nearest wins.
func (c *tsconfig) read(p *project, name string, depth int) {
	data, trouble := p.read(name)
	if trouble != nil || depth > 10 {
		c.invalid(name, "it cannot be read, or extends itself")
		return
	}
	var f tsconfigFile
	plain, err := hujson.Standardize(slices.Clone(data))
	if err == nil {
		err = json.Unmarshal(plain, &f)
	}
	if err != nil {
		c.invalid(name, strings.TrimPrefix(err.Error(), "hujson: "))
		return
	}
	for _, base := range extends(f.Extends) {
		target := path.Join(path.Dir(name), base)
		if !strings.HasPrefix(base, ".") || strings.HasPrefix(target, "..") {
			continue // a package, or a file outside: neither is in the snapshot
		}
		if path.Ext(target) != ".json" {
			target += ".json"
		}
		c.read(p, target, depth+1)
	}
	c.apply(path.Dir(name), f)
}

func (c *tsconfig) apply(folder string, f tsconfigFile) {
	o := f.CompilerOptions
	if o.BaseURL != nil {
		c.baseURL = path.Join(folder, *o.BaseURL)
	}
	if o.Paths != nil {
		from := folder
		if c.baseURL != "" {
			from = c.baseURL
		}
		c.paths = mappings(from, o.Paths)
	}
	if o.ExperimentalDecorators != nil {
		c.options.ExperimentalDecorators = o.ExperimentalDecorators
	}
	if o.UseDefineForClassFields != nil {
		c.options.UseDefineForClassFields = o.UseDefineForClassFields
	}
}

func (c *tsconfig) invalid(name, why string) {
	c.found = append(c.found, diagnostic.New(diagnostic.TSConfigInvalid, name, "tsconfig.json cannot be used: "+why, "its paths are not used"))
}

func extends(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	var many []string
	if json.Unmarshal(raw, &many) != nil {
		return nil
	}
	return many
}

// mappings sorts the patterns as TypeScript prefers them: exact ones first, then
// by the length of what stands before the star.
func mappings(from string, paths map[string][]string) []mapping {
	var all []mapping
	for pattern, targets := range paths {
		var m mapping
		m.prefix, m.suffix, m.star = strings.Cut(pattern, "*")
		for _, t := range targets {
			m.targets = append(m.targets, path.Join(from, t))
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b mapping) int {
		if a.star != b.star {
			if b.star {
				return -1
			}
			return 1
		}
		if n := len(b.prefix) - len(a.prefix); n != 0 {
			return n
		}
		return strings.Compare(a.prefix+a.suffix, b.prefix+b.suffix)
	})
	return all
}

// candidates are the files that a bare import may mean.
func (c tsconfig) candidates(spec string) []string {
	for _, m := range c.paths {
		middle, ok := m.match(spec)
		if !ok {
			continue
		}
		var all []string
		for _, t := range m.targets {
			all = append(all, strings.Replace(t, "*", middle, 1))
		}
		return all
	}
	if c.baseURL != "" {
		return []string{path.Join(c.baseURL, spec)}
	}
	return nil
}

func (m mapping) match(spec string) (middle string, ok bool) {
	if !m.star {
		return "", spec == m.prefix
	}
	if len(spec) < len(m.prefix)+len(m.suffix) || !strings.HasPrefix(spec, m.prefix) || !strings.HasSuffix(spec, m.suffix) {
		return "", false
	}
	return spec[len(m.prefix) : len(spec)-len(m.suffix)], true
}

// raw is what esbuild is told of it.
func (c tsconfig) raw() string {
	text, err := json.Marshal(map[string]any{"compilerOptions": c.options})
	if err != nil {
		return "{}"
	}
	return string(text)
}
