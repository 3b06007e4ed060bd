package infra

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxZipped is the most that a function may weigh that a person waits for when it
// starts: what Lambda has to bring to a machine before its first answer.
const maxZipped = 6_000_000

// deployFlags finds the flags that make deploy gives to sam build.
var deployFlags = regexp.MustCompile(`CGO_ENABLED=0 GOFLAGS="([^"]+)" sam build`)

// TestSmallFunctions builds the functions that answer people as make deploy does,
// and wants them small: without what others link, and zipped.
func TestSmallFunctions(t *testing.T) {
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	flags := deployFlags.FindSubmatch(text)
	if flags == nil {
		t.Fatal("the Makefile does not say how functions are built")
	}
	build := func(t *testing.T, args ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), "go", args...)
		c.Dir = ".."
		c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false "+string(flags[1]))
		var complaints strings.Builder
		c.Stderr = &complaints
		out, err := c.Output()
		if err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, &complaints)
		}
		return string(out)
	}
	for _, name := range []string{"list", "make-live"} {
		t.Run(name, func(t *testing.T) {
			for linked := range strings.FieldsSeq(build(t, "list", "-deps", "./functions/"+name)) {
				for _, heavy := range []string{
					"google.golang.org/grpc", "google.golang.org/protobuf", "gocloud.dev", "github.com/evanw/esbuild", "modernc.org", "github.com/go-git",
					"text/template", "html/template", // they look methods up by name, so that the linker leaves none out
				} {
					if linked == heavy || strings.HasPrefix(linked, heavy+"/") {
						t.Errorf("it links %s: find who imports it by go list -deps", linked)
					}
				}
			}
			program := filepath.Join(t.TempDir(), "bootstrap")
			build(t, "build", "-trimpath", "-o", program, "./functions/"+name)
			size := zipped(t, program)
			t.Logf("zipped it has %d bytes", size)
			if size > maxZipped {
				t.Errorf("zipped it has %d bytes, at most %d", size, maxZipped)
			}
		})
	}
}

// zipped is how large a file is in an archive.
func zipped(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("bootstrap")
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
