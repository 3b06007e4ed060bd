package diagnostic

import (
	"fmt"
	"strings"
)

// Document returns docs/diagnostics.md: a section for every code, its heading
// being the code, so that the code is the anchor.
func Document() string {
	var b strings.Builder
	b.WriteString("# Diagnostics\n\nA diagnostic is a message about your files. An error fails its workflow, a warning does not.\n" +
		"This page is generated from `internal/diagnostic`: `go test ./internal/diagnostic -update`.\n")
	for _, f := range families() {
		fmt.Fprintf(&b, "\n# %s\n", f.title)
		for _, i := range f.codes {
			writeSection(&b, i)
		}
	}
	return b.String()
}

func writeSection(b *strings.Builder, i Info) {
	fmt.Fprintf(b, "\n## %s\n\n**%s** (%s). %s\n", i.Code, i.Title, i.Severity, i.Means)
	if i.Example != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", i.Example)
	}
	fmt.Fprintf(b, "\nTo mend it: %s\n", i.Mend)
}
