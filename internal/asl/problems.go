package asl

import (
	"fmt"
	"strings"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/fault"
)

// CodeBadDefinition is the fault of a definition that is refused.
const CodeBadDefinition = "bad-definition"

// maxProblems is how many are told; what follows is counted.
const maxProblems = 100

// problem is one thing that is wrong with a definition.
type problem struct {
	place string // such as States.Fetch.Retry[0].MaxAttempts
	text  string
	right string // what would be right
}

func (p problem) String() string { return fmt.Sprintf("%s: %s; %s", p.place, p.text, p.right) }

// problems collects them in the order in which they are found.
type problems struct{ list []problem }

func (p *problems) add(place, right, format string, args ...any) {
	p.list = append(p.list, problem{place, fmt.Sprintf(format, args...), right})
}

// fault is all of them as one, nil if there are none.
func (p *problems) fault() error {
	switch n := len(p.list); n {
	case 0:
		return nil
	case 1:
		one := p.list[0]
		return fault.New(fault.Invalid, CodeBadDefinition, "%s: %s", one.place, one.text).WithHint("%s", one.right)
	default:
		var b strings.Builder
		for _, one := range p.list[:min(n, maxProblems)] {
			b.WriteString("\n" + one.String())
		}
		if n > maxProblems {
			fmt.Fprintf(&b, "\nand %d more", n-maxProblems)
		}
		return fault.New(fault.Invalid, CodeBadDefinition, "the definition has %d problems:%s", n, b.String()).
			WithHint("mend every place that is named; each says what would be right")
	}
}

// within is the place of a member.
func within(place, name string) string {
	if place == "definition" {
		return name
	}
	return place + "." + name
}

// at is the place of an element.
func at(place string, i int) string { return fmt.Sprintf("%s[%d]", place, i) }

// oneOf says what would be right where one of names would be, the nearest first.
func oneOf(name string, names []string) string {
	if near := catalog.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(names) == 0 {
		return "leave it out"
	}
	return "use one of " + strings.Join(names, ", ")
}
