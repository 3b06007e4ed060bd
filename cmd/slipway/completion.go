package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// completion is what the command prints with --json.
type completion struct {
	Shell  string `json:"shell"`
	Script string `json:"script"`
}

func (c *completionCmd) Run(s *session, k *kong.Context) error { //nolint:unparam // the form of every command
	g := grammarOf(k.Model.Node)
	script := map[string]func() string{"bash": g.bash, "zsh": g.zsh, "fish": g.fish}[c.Shell]()
	if s.json {
		s.printJSON(completion{c.Shell, script})
		return nil
	}
	_, _ = fmt.Fprint(s.stdout, script)
	return nil
}

// grammar is what may be completed, level by level. A level is named by the
// commands on the line so far, each behind a slash: "" at first, "/env/add".
type grammar struct {
	levels []level
	values []string // the flags that the next word belongs to
}

type level struct {
	at    string
	words []suggestion
}

type suggestion struct{ word, help string }

// grammarOf reads the program's model. Words with the same name mean the same
// wherever they are, so that a flag either has a value or has none.
func grammarOf(root *kong.Node) grammar {
	g := grammar{}
	g.add(root, "", nil)
	slices.Sort(g.values)
	g.values = slices.Compact(g.values)
	return g
}

func (g *grammar) add(n *kong.Node, at string, outer []suggestion) {
	flags := slices.Clone(outer)
	for _, f := range n.Flags {
		if f.Hidden {
			continue
		}
		flags = append(flags, suggestion{"--" + f.Name, f.Help})
		if f.Tag.Negatable != "" {
			flags = append(flags, suggestion{"--no-" + f.Name, f.Help})
		}
		if !f.IsBool() {
			g.values = append(g.values, "--"+f.Name)
		}
	}
	p := level{at: at}
	for _, child := range n.Children {
		if !child.Hidden {
			p.words = append(p.words, suggestion{child.Name, child.Help})
		}
	}
	for _, arg := range n.Positional {
		if arg.Enum != "" {
			for _, word := range arg.EnumSlice() {
				p.words = append(p.words, suggestion{word, ""})
			}
		}
	}
	p.words = append(p.words, flags...)
	g.levels = append(g.levels, p)
	for _, child := range n.Children {
		g.add(child, at+"/"+child.Name, flags)
	}
}

// commands are the names of the levels but the first, joined as a shell's alternatives.
func (g grammar) commands() string {
	var all []string
	for _, p := range g.levels[1:] {
		all = append(all, p.at)
	}
	return strings.Join(all, "|")
}
