package snapshot_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// entry is one file as the round trip compares it.
type entry struct {
	Mode fs.FileMode
	Data string
}

func contents(s *snapshot.Snapshot) (map[string]entry, error) {
	found := map[string]entry{}
	err := fs.WalkDir(s, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if e.Type() == fs.ModeSymlink {
			target, err := s.ReadLink(name)
			found[name] = entry{fs.ModeSymlink, target}
			return err
		}
		info, _ := e.Info()
		data, err := s.ReadFile(name)
		found[name] = entry{info.Mode(), string(data)}
		return err
	})
	return found, err
}

func TestPackAndUnpackGiveTheSameFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`([a-cA-Cäé .~-]{1,5}/){0,3}[a-cA-C0-9äé ]{1,6}`)
		mode := rapid.SampledFrom([]fs.FileMode{0o644, 0o755, fs.ModeSymlink})
		data := rapid.SliceOfN(rapid.Byte(), 0, 600)
		b := snapshot.NewBuilder(snapshot.DefaultLimits())
		for range rapid.IntRange(0, 12).Draw(t, "files") {
			_ = b.Add(name.Draw(t, "name"), mode.Draw(t, "mode"), data.Draw(t, "data"))
		}
		_ = b.AddSubmodule("vendor/lib", strings.Repeat("ab", 20))
		first := b.Snapshot()
		packed, err := first.Pack()
		if err != nil {
			t.Fatal(err)
		}
		second, err := snapshot.Unpack(packed, snapshot.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		want, _ := contents(first)
		got, err := contents(second)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v, files (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff(first.Submodules(), second.Submodules()); diff != "" {
			t.Fatalf("submodules (-want +got):\n%s", diff)
		}
		if first.Files() != second.Files() || first.Bytes() != second.Bytes() {
			t.Fatalf("counts changed: %d, %d and %d, %d", first.Files(), first.Bytes(), second.Files(), second.Bytes())
		}
		again, err := second.Pack()
		if err != nil || !bytes.Equal(packed, again) {
			t.Fatalf("packing again gives other bytes, %v", err)
		}
	})
}

func TestDigest(t *testing.T) {
	const want = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if got := snapshot.Digest(nil); got != want {
		t.Errorf("digest of nothing = %s", got)
	}
}

// zipOf makes a zip by hand; a mode of 0 is a regular file's.
func zipOf(t *testing.T, headers ...zip.FileHeader) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, h := range headers {
		content := []byte(h.Comment)
		h.Comment = ""
		if h.ExternalAttrs == 0 {
			h.SetMode(0o644)
		}
		f, err := w.CreateHeader(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestUnpackTrustsNothing(t *testing.T) {
	limits := snapshot.Limits{Bytes: 1 << 20, Files: 100}
	bomb := zipOf(t, zip.FileHeader{Name: "bomb", Method: zip.Deflate, Comment: strings.Repeat("\x00", 2<<20)})
	lying := bytes.Replace(zipOf(t, zip.FileHeader{Name: "a", Method: zip.Store, Comment: "hello"}), []byte("hello"), []byte("jello"), 1)
	many := make([]zip.FileHeader, 101)
	for i := range many {
		many[i] = zip.FileHeader{Name: fmt.Sprint(i)}
	}
	flood := make([]zip.FileHeader, 20_000)
	for i := range flood {
		flood[i] = zip.FileHeader{Name: fmt.Sprint(strings.Repeat("n", 100), i)}
	}
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"nothing":         {nil, "snapshot-corrupt"},
		"no zip":          {[]byte("hello"), "snapshot-corrupt"},
		"bomb":            {bomb, "repository-too-large"},
		"too many":        {zipOf(t, many...), "repository-too-large"},
		"far too many":    {zipOf(t, flood...), "repository-too-large"},
		"wrong checksum":  {lying, "snapshot-corrupt"},
		"leads out":       {zipOf(t, zip.FileHeader{Name: "../x"}), "bad-path"},
		"absolute":        {zipOf(t, zip.FileHeader{Name: "/x"}), "bad-path"},
		"backslash":       {zipOf(t, zip.FileHeader{Name: `..\x`}), "bad-path"},
		"twice":           {zipOf(t, zip.FileHeader{Name: "x"}, zip.FileHeader{Name: "x"}), "bad-path"},
		"below a file":    {zipOf(t, zip.FileHeader{Name: "x"}, zip.FileHeader{Name: "x/y"}), "bad-path"},
		"a device":        {zipOf(t, zip.FileHeader{Name: "x", ExternalAttrs: 0o060644 << 16}), "snapshot-corrupt"},
		"truncated":       {bomb[:len(bomb)/2], "snapshot-corrupt"},
		"a huge gitlink":  {zipOf(t, zip.FileHeader{Name: "x", ExternalAttrs: 0o160000 << 16, Comment: strings.Repeat("a", 100)}), "snapshot-corrupt"},
		"left out is not": {zipOf(t, zip.FileHeader{Name: "node_modules/x", Comment: "x"}), ""},
	} {
		if _, err := snapshot.Unpack(c.data, limits); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	b := snapshot.NewBuilder(snapshot.DefaultLimits())
	_ = b.Add("src/a.ts", 0o755, bytes.Repeat([]byte("text "), 100))
	_ = b.Add("link", fs.ModeSymlink, []byte("src"))
	_ = b.AddSubmodule("sub", strings.Repeat("0", 40))
	seed, err := b.Snapshot().Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("PK\x05\x06"))
	limits := snapshot.Limits{Bytes: 4096, Files: 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := snapshot.Unpack(data, limits)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("not a fault about the input: %v", err)
			}
			return
		}
		if s.Bytes() > limits.Bytes || s.Files() > limits.Files {
			t.Fatalf("%d bytes and %d files pass the limits", s.Bytes(), s.Files())
		}
		first, err := s.Pack()
		if err != nil {
			t.Fatal(err)
		}
		again, err := snapshot.Unpack(first, limits)
		if err != nil {
			t.Fatalf("what was packed does not unpack: %v", err)
		}
		if second, _ := again.Pack(); !bytes.Equal(first, second) {
			t.Fatal("packing twice gives other bytes")
		}
	})
}

// BenchmarkPack packs 64 MiB of text-like files.
func BenchmarkPack(b *testing.B) {
	s := large(b)
	b.SetBytes(s.Bytes())
	for b.Loop() {
		if _, err := s.Pack(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnpack(b *testing.B) {
	s := large(b)
	data, err := s.Pack()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(s.Bytes())/float64(len(data)), "ratio")
	b.SetBytes(s.Bytes())
	for b.Loop() {
		if _, err := snapshot.Unpack(data, snapshot.DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}

func large(b *testing.B) *snapshot.Snapshot {
	words := strings.Fields("import export const function return await async workflow event context kinde user token org if else => { } ( ) ; ' \n")
	random := rand.New(rand.NewPCG(1, 2))
	builder := snapshot.NewBuilder(snapshot.DefaultLimits())
	for i := range 8192 {
		var text bytes.Buffer
		for text.Len() < 8192 {
			fmt.Fprintf(&text, "%s ", words[random.IntN(len(words))])
			if random.IntN(6) == 0 {
				fmt.Fprintf(&text, "%x ", random.Uint32())
			}
		}
		if err := builder.Add(fmt.Sprintf("src/%d/%d.ts", i/100, i), 0o644, text.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
	return builder.Snapshot()
}
