package consoletest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/runtime"
)

// axeVersion is the version of npm's axe-core that looks at the pages. It is a
// tool of the tests; nothing of it is in the program.
const axeVersion = "4.14.1"

// axeSource is axe's script, which npm brings into .bin the first time.
func axeSource(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", ".bin", "axe-core-"+axeVersion))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "node_modules", "axe-core", "axe.min.js")
	if data, err := os.ReadFile(file); err == nil {
		return string(data)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		lacking(t, fmt.Errorf("axe-core, which npm brings: %w", err))
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, "axe-core@"+axeVersion).CombinedOutput()
	if err != nil {
		lacking(t, fmt.Errorf("axe-core, which npm does not bring: %w: %s", err, said))
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// awaiting makes an evaluation wait for the promise that it gives.
func awaiting(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
