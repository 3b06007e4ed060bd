package main

import (
	"fmt"
	"slices"
	"strings"
)

// walk finds the level of the cursor: in bash and zsh alike, a word after a flag
// with a value is passed over, and one that names a command leads on.
const walk = `        if [[ -n $skip && $word != '=' ]]; then skip=; continue; fi
        case $word in
            %s) skip=1; continue ;;
            '=') skip=1; continue ;;
        esac
        case $at/$word in
            %s) at=$at/$word ;;
        esac
`

func (g grammar) walk() string { return fmt.Sprintf(walk, strings.Join(g.values, "|"), g.commands()) }

// bash is a script for bash; where it has nothing to offer, bash completes files.
func (g grammar) bash() string {
	var b strings.Builder
	b.WriteString("# slipway completion bash: put it into a file that your bash reads, or: source <(slipway completion bash)\n")
	b.WriteString("_slipway() {\n    local at= skip= word i words=\n    for ((i = 1; i < COMP_CWORD; i++)); do\n        word=${COMP_WORDS[i]}\n")
	b.WriteString(g.walk())
	b.WriteString("    done\n    COMPREPLY=()\n    if [[ -n $skip ]]; then return; fi\n    case $at in\n")
	for _, p := range g.levels {
		fmt.Fprintf(&b, "        '%s') words='%s' ;;\n", p.at, p.joined())
	}
	b.WriteString("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n")
	b.WriteString("complete -o default -F _slipway slipway\n")
	return b.String()
}

func (p level) joined() string {
	var words []string
	for _, s := range p.words {
		words = append(words, s.word)
	}
	return strings.Join(words, " ")
}

// zsh is a script for zsh, with help beside each word.
func (g grammar) zsh() string {
	var b strings.Builder
	b.WriteString("#compdef slipway\n# slipway completion zsh: save it as _slipway in a folder of your $fpath\n")
	b.WriteString("_slipway() {\n    local at= skip= word\n    local -a choices\n    for word in \"${(@)words[2,CURRENT-1]}\"; do\n")
	b.WriteString(g.walk())
	b.WriteString("    done\n    if [[ -n $skip ]]; then _files; return; fi\n    case $at in\n")
	for _, p := range g.levels {
		fmt.Fprintf(&b, "        '%s') choices=(", p.at)
		for _, s := range p.words {
			b.WriteString(" " + single(strings.ReplaceAll(s.word, ":", `\:`)+":"+s.help))
		}
		b.WriteString(" ) ;;\n")
	}
	b.WriteString("    esac\n    _describe slipway choices || _files\n}\n")
	b.WriteString("if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _slipway \"$@\"; else compdef _slipway slipway; fi\n")
	return b.String()
}

// fish is a script for fish, with help beside each word.
func (g grammar) fish() string {
	var b strings.Builder
	b.WriteString("# slipway completion fish: save it as ~/.config/fish/completions/slipway.fish\n")
	b.WriteString("function __slipway_at\n    set -l at ''\n    set -l skip ''\n    set -l line (commandline -opc)\n    for word in $line[2..-1]\n")
	b.WriteString("        if test -n \"$skip\"\n            set skip ''\n            continue\n        end\n")
	fmt.Fprintf(&b, "        switch $word\n            case %s\n                set skip 1\n                continue\n        end\n", strings.Join(g.values, " "))
	fmt.Fprintf(&b, "        switch $at/$word\n            case %s\n                set at $at/$word\n        end\n", strings.ReplaceAll(g.commands(), "|", " "))
	b.WriteString("    end\n    test -z \"$skip\" -a \"$at\" = \"$argv[1]\"\nend\n")
	for _, p := range g.levels {
		for _, s := range p.words {
			form := "-a " + s.word
			if flag, ok := strings.CutPrefix(s.word, "--"); ok {
				form = "-l " + flag
				if g.takesValue(s.word) {
					form += " -r"
				}
			}
			fmt.Fprintf(&b, "complete -c slipway -n '__slipway_at %s' %s -d %s\n", fishPlace(p.at), form, single(s.help))
		}
	}
	return b.String()
}

func fishPlace(at string) string {
	if at == "" {
		return `""`
	}
	return at
}

func (g grammar) takesValue(flag string) bool { return slices.Contains(g.values, flag) }

// single quotes text for a shell, without what fish would read in quotes.
func single(text string) string {
	return "'" + strings.NewReplacer("'", "’", `\`, "/").Replace(text) + "'"
}
