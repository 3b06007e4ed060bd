package diagnostic

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const documentPath = "../../docs/diagnostics.md"

func TestDocumentIsCurrent(t *testing.T) {
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(documentPath, []byte(Document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(documentPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Document(), string(got)); diff != "" {
		t.Errorf("docs/diagnostics.md is stale; run go test ./internal/diagnostic -update (-want +got):\n%s", diff)
	}
}

func TestEveryCodeIsExplainedOnce(t *testing.T) {
	declared := declaredCodes(t)
	if len(declared) == 0 {
		t.Fatal("codes.go declares no code")
	}
	seen := map[Code]bool{}
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, i := range Codes() {
		if seen[i.Code] || !declared[i.Code] {
			t.Errorf("%s is explained twice, or is no constant", i.Code)
		}
		seen[i.Code] = true
		if i.Title == "" || i.Means == "" || i.Mend == "" || i.Severity == "" || !kebab.MatchString(string(i.Code)) {
			t.Errorf("%s is not fully explained", i.Code)
		}
	}
	for c := range declared {
		if !seen[c] {
			t.Errorf("%s is not explained", c)
		}
	}
}

// declaredCodes reads the constants of type Code from the source.
func declaredCodes(t *testing.T) map[Code]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[Code]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != "Code" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes[Code(text)] = true
		return true
	})
	return codes
}
