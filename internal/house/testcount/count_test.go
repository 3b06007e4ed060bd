package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestCounts(t *testing.T) {
	for _, c := range []struct {
		name   string
		events string
		last   string
		good   bool
		says   []string
	}{
		{
			name: "passes count by subtest",
			events: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":0.5}`,
			last: "1 passed, 0 failed, 0 skipped", good: true, says: []string{"ok   p  0.5s"},
		},
		{
			name: "a failure shows its output",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: got 1\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			last: "0 passed, 1 failed, 0 skipped", says: []string{"FAIL TestA in p\n    a_test.go:3: got 1"},
		},
		{
			name: "a skip says why",
			events: `{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:9: no Java here: the suite needs it\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestB"}`,
			last: "1 passed, 0 failed, 1 skipped", good: true,
			says: []string{"skipped TestB in p: no Java here: the suite needs it"},
		},
		{
			name: "a package that does not build fails",
			events: `{"Action":"build-output","ImportPath":"q","Output":"q.go:1: undefined: x\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"q"}`,
			last: "1 passed, 1 failed, 0 skipped",
			says: []string{"q.go:1: undefined: x", "failed outside its tests: q"},
		},
		{
			name: "a crash shows what the running test said",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"panic: out of range\n"}
{"Action":"fail","Package":"p"}`,
			last: "0 passed, 1 failed, 0 skipped", says: []string{"panic: out of range"},
		},
		{
			name: "nothing at all is no success", events: "no packages to test",
			last: "0 passed, 0 failed, 0 skipped", says: []string{"no packages to test"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			got, err := read(strings.NewReader(c.events), &out)
			if err != nil {
				t.Fatal(err)
			}
			got.print(&out)
			if !strings.HasSuffix(out.String(), "\n"+c.last+"\n") {
				t.Errorf("ends with\n%s\nwant %s", out.String(), c.last)
			}
			if got.good() != c.good {
				t.Errorf("good is %v, want %v", got.good(), c.good)
			}
			for _, s := range c.says {
				if !strings.Contains(out.String(), s) {
					t.Errorf("does not say %q:\n%s", s, out.String())
				}
			}
		})
	}
}
