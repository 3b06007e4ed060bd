package diagnostic

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write docs/diagnostics.md")
	flag.Parse()
	os.Exit(m.Run())
}
