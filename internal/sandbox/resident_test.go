package sandbox

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// resident returns the bytes of memory that the process has, engines included:
// they are no part of Go's heap.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc on this system")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
