package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1]), Mode: 0o644}
	}
	return m
}

func link(m fstest.MapFS, name, target string) {
	m[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
}

func bundleAll(t *testing.T, fsys fs.FS, entries ...string) []check.Bundled {
	t.Helper()
	got, err := New().Bundle(t.Context(), check.Source{FS: fsys}, entries, check.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(entries) {
		t.Fatalf("%d results for %d entries", len(got), len(entries))
	}
	return got
}

func codes(b check.Bundled) string {
	var all []string
	for _, d := range b.Diagnostics {
		all = append(all, string(d.Code))
	}
	return strings.Join(all, " ")
}

func TestImportsStayInside(t *testing.T) {
	cases := []struct{ spec, want string }{
		{"../../../../etc/hostname", "import-outside-repository"},
		{"/etc/hostname", "import-outside-repository"},
		{"file:///etc/hostname", "package-not-offered"},
		{`C:\\x`, "import-outside-repository"},
		{"./out", "import-outside-repository"},
		{"./out.ts", "import-outside-repository"},
		{"./absolute", "import-outside-repository"},
		{"./folder/hostname", "import-outside-repository"},
		{"./loop", "file-unreadable"},
		{"./a/loop/x", "file-unreadable"},
		{"./inside", ""},
		{"./node_modules/x/index.js", "import-excluded"},
		{"./nm/x/index.js", "import-excluded"},
		{"./.git/config", "import-excluded"},
		{"./.GIT/config", "import-excluded"},
		{"lodash", "package-not-offered"},
		{"node:fs", "package-not-offered"},
		{"fs", "package-not-offered"},
		{"react", "package-not-offered"},
		{"liquidjs", "package-not-offered"},
		{"https://example.com/x.js", "package-not-offered"},
		{"data:text/javascript,1", "package-not-offered"},
		{"@kinde/infrastructure/x", "package-not-offered"},
		{"./helpr", "import-not-found"},
		{"./style.css", "import-unsupported"},
		{"./data.json", ""},
		{"./helper.js", ""},
		{"./dir", ""},
		{".", ""},
		{"./big", "file-too-large"},
	}
	fsys := files("w/helper.ts", "export default 1", "w/data.json", "{}", "w/style.css", "a{}", "w/dir/index.ts", "export default 1", "w/index.ts", "export default 1",
		"w/node_modules/x/index.js", "export default 1", "w/.git/config", "x", "w/big.ts", "export default 1;"+strings.Repeat(" ", 1<<20))
	link(fsys, "w/out.ts", "../../outside.ts")
	link(fsys, "w/absolute.ts", "/etc/hostname")
	link(fsys, "w/folder", "../../etc")
	link(fsys, "w/loop.ts", "loop.ts")
	link(fsys, "w/a/loop", "../a/loop")
	link(fsys, "w/nm", "node_modules")
	link(fsys, "w/inside.ts", "../w/helper.ts")
	for _, tc := range cases {
		for _, form := range []string{`import x from "%"; export default async () => x;`, `export default async () => await import("%");`, `export default require("%");`} {
			fsys["w/aWorkflow.js"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(form, "%", tc.spec))}
			got := bundleAll(t, fsys, "w/aWorkflow.js")[0]
			if codes(got) != tc.want || (got.Code == nil) != (tc.want != "") {
				t.Errorf("%s: got %q, want %q: %+v", strings.ReplaceAll(form, "%", tc.spec), codes(got), tc.want, got.Diagnostics)
			}
			if tc.want != "" && len(got.Diagnostics) > 0 && got.Diagnostics[0].Line != 1 {
				t.Errorf("%s: no place: %+v", tc.spec, got.Diagnostics[0])
			}
		}
	}
}

// A file system that follows links out of itself, as os.DirFS does, gives nothing away.
func TestLinksOnADiskStayInside(t *testing.T) {
	outer := t.TempDir()
	root := filepath.Join(outer, "repository")
	for name, text := range map[string]string{"secret.ts": "export default 'SECRET'", "repository/aWorkflow.ts": "import x from './link'; export default x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(outer, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(outer, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range []string{"../secret.ts", filepath.Join(outer, "secret.ts")} {
		_ = os.Remove(filepath.Join(root, "link.ts"))
		if err := os.Symlink(target, filepath.Join(root, "link.ts")); err != nil {
			t.Fatal(err)
		}
		got := bundleAll(t, os.DirFS(root), "aWorkflow.ts")[0]
		if codes(got) != "import-outside-repository" || strings.Contains(string(got.Code), "SECRET") {
			t.Errorf("%s: got %q", target, codes(got))
		}
	}
	if err := os.Symlink("../secret.ts", filepath.Join(root, "bWorkflow.ts")); err != nil {
		t.Fatal(err)
	}
	if got := bundleAll(t, os.DirFS(root), "bWorkflow.ts")[0]; codes(got) != "import-outside-repository" {
		t.Errorf("an entry that is a link: %q", codes(got))
	}
}

// A file's bundle is the same bytes alone, beside good files and beside bad
// ones, in any order; and another machine's path is not in it.
func TestNeighboursDoNotMatter(t *testing.T) {
	fsys := files(
		"shared.ts", "const s = 1; export function one() { return s } export function two() { return kinde.fetch(s) } export const heavy = () => console.log(3)",
		"aWorkflow.ts", "import { one } from './shared'; const s = 2; export default async () => one() + s",
		"bWorkflow.ts", "import { two, heavy } from './shared'; export default async () => { heavy(); return two() }",
		"badWorkflow.ts", "import { one } from './shared'; export default {",
		"worseWorkflow.ts", "import { none } from './shared'; export default none",
		"worstWorkflow.ts", "import './nowhere'; await 1",
	)
	alone := map[string]check.Bundled{}
	for name := range fsys {
		if name != "shared.ts" {
			alone[name] = bundleAll(t, fsys, name)[0]
		}
	}
	for _, order := range [][]string{
		{"aWorkflow.ts", "bWorkflow.ts", "badWorkflow.ts", "worseWorkflow.ts", "worstWorkflow.ts"},
		{"worstWorkflow.ts", "worseWorkflow.ts", "badWorkflow.ts", "bWorkflow.ts", "aWorkflow.ts", "bWorkflow.ts"},
	} {
		for _, got := range bundleAll(t, fsys, order...) {
			want := alone[got.Path]
			if !bytes.Equal(got.Code, want.Code) || got.SourceDigest != want.SourceDigest || codes(got) != codes(want) {
				t.Errorf("%s in %v: %q %s\nalone: %q %s", got.Path, order, got.Code, codes(got), want.Code, codes(want))
			}
		}
	}
	a := alone["aWorkflow.ts"]
	if a.Code == nil || strings.Contains(string(a.Code), "kinde") {
		t.Errorf("a's neighbour shows in it: %s %v", a.Code, a.Globals)
	}
	if wd, _ := os.Getwd(); strings.Contains(string(a.Code), filepath.Base(wd)+"/") || strings.Contains(string(a.Code), "/out") {
		t.Error("the bundle holds a path of this machine")
	}
	if !slices.Equal(a.Inputs, []string{"aWorkflow.ts", "shared.ts"}) {
		t.Errorf("inputs: %v", a.Inputs)
	}
}

func TestCommentsMakeNoNewCode(t *testing.T) {
	one := bundleAll(t, files("aWorkflow.ts", "// one\nexport default async () => 1"), "aWorkflow.ts")[0]
	two := bundleAll(t, files("aWorkflow.ts", "// two, longer\n\nexport default async () => 1"), "aWorkflow.ts")[0]
	if !bytes.Equal(one.Code, two.Code) || one.SourceDigest == two.SourceDigest {
		t.Error("want equal bundles of unequal sources")
	}
}

func TestTSConfigPaths(t *testing.T) {
	fsys := files(
		"tsconfig.json", "{ // comment\n \"extends\": \"./base\", \"compilerOptions\": {\"paths\": {\"@lib/*\": [\"./missing/*\", \"./lib/*\"], \"exact\": [\"./lib/x.ts\"], \"@out/*\": [\"../../*\"]},}}",
		"base.json", `{"compilerOptions": {"paths": {"@old/*": ["./old/*"]}}}`,
		"lib/x.ts", "export const x = 1",
		"aWorkflow.ts", `import { x } from "@lib/x"; import { x as y } from "exact"; export default async () => x + y`,
		"bWorkflow.ts", `import { x } from "@old/x"; export default x`,
		"cWorkflow.ts", `import { x } from "@out/etc/hostname"; export default x`)
	got := bundleAll(t, fsys, "aWorkflow.ts", "bWorkflow.ts", "cWorkflow.ts")
	if codes(got[0]) != "" || codes(got[1]) != "package-not-offered" || codes(got[2]) != "import-outside-repository" {
		t.Errorf("got %q %q %q", codes(got[0]), codes(got[1]), codes(got[2]))
	}
	fsys["tsconfig.json"] = &fstest.MapFile{Data: []byte(`{"extends": "./tsconfig.json"}`)}
	fsys["dWorkflow.ts"] = &fstest.MapFile{Data: []byte(`export default 1`)}
	if got := bundleAll(t, fsys, "dWorkflow.ts")[0]; codes(got) != "tsconfig-invalid" || got.Code == nil {
		t.Errorf("a loop of extends: %q", codes(got))
	}
}

func TestGlobals(t *testing.T) {
	fsys := files("aWorkflow.ts", `import { denyAccess, getLocalization } from "@kinde/infrastructure";
export const workflowSettings = { fetch: 1, kinde: "kinde.mfa" };
const local = 1; // kinde.risk
export default async (event) => {
  denyAccess("x"); local; event.process; ({ Buffer: 1 });
  kinde["env"].get(); kinde?.widget;
  if (typeof crypto !== "undefined") crypto.x();
  new URL("x"); nowhere();
};`)
	got := bundleAll(t, fsys, "aWorkflow.ts")[0]
	known := catalog.Default()
	var names []string
	for _, g := range got.Globals {
		if !known.RuntimeHas(g.Name) {
			names = append(names, g.Name)
		}
		if g.Name == "nowhere" && (g.Place != check.Place{Path: "aWorkflow.ts", Line: 8, Column: 17}) {
			t.Errorf("nowhere is at %+v", g.Place)
		}
		if g.Name == "kinde.auth" && g.Place.Path != "" {
			t.Errorf("a package's use has the place %+v", g.Place)
		}
	}
	if got := strings.Join(names, " "); got != "URL kinde.auth kinde.env kinde.widget nowhere" {
		t.Errorf("free names: %s", got)
	}
}

func TestInfrastructureAgreesWithTheCatalogue(t *testing.T) {
	member := regexp.MustCompile(`(\w+) = "([\w:]+)",`)
	var want, got []string
	for _, trigger := range catalog.Default().Triggers() {
		want = append(want, trigger.Member+" "+trigger.Name)
	}
	for _, m := range member.FindAllStringSubmatch(infrastructureSource, -1) {
		got = append(got, m[1]+" "+m[2])
	}
	if !slices.Equal(got, want) {
		t.Errorf("the enum has %v, the catalogue %v", got, want)
	}
}

func TestVersions(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mod), "github.com/evanw/esbuild v"+check.EsbuildVersion+" ") && !strings.Contains(string(mod), "github.com/evanw/esbuild v"+check.EsbuildVersion+"\n") {
		t.Errorf("go.mod has another esbuild than %s", check.EsbuildVersion)
	}
	const version, digest = "1.0.0", "0b6a1ced9f46b059"
	sum := sha256.Sum256([]byte(infrastructureSource))
	if check.InfrastructureVersion != version || hex.EncodeToString(sum[:8]) != digest {
		t.Errorf("infrastructure.ts has changed: raise check.InfrastructureVersion, and note the digest %s here", hex.EncodeToString(sum[:8]))
	}
}

// Nesting that would overflow the parser's stack, and end the process, is refused.
func TestNestingBombs(t *testing.T) {
	if raceEnabled {
		t.Skip("too slow under the race detector")
	}
	n := 150_000
	for name, code := range map[string]string{
		"brackets": strings.Repeat("[", n), "parentheses": strings.Repeat("(", n) + "1", "not": strings.Repeat("!", n) + "1", "not, lines": strings.Repeat("!\n", n) + "1",
		"arrows": strings.Repeat("a=>", n) + "1", "ternary": strings.Repeat("a?b:", n) + "1", "assign": strings.Repeat("a=", n) + "1", "power": strings.Repeat("a**", n) + "1",
		"typeof": strings.Repeat("typeof ", n/3) + "1", "new": strings.Repeat("new ", n/2) + "a", "if": strings.Repeat("if(a,b)", n/4) + ";", "else": strings.Repeat("if(a){}else ", n/4) + ";",
		"template": strings.Repeat("`${", n), "labels": strings.Repeat("a:", n) + ";", "async": strings.Repeat("async a=>", n/4) + "1", "types": "type A = " + strings.Repeat("keyof ", n/3) + "A",
		"members": "a" + strings.Repeat(".b", n), "calls": "a" + strings.Repeat("()", n), "index": "a" + strings.Repeat("[0]", n), "chain": "a" + strings.Repeat("?.b", n),
		"tagged": "a" + strings.Repeat("``", n), "non-null": "a" + strings.Repeat("!", n), "methods": "a" + strings.Repeat(".b()", n),
		"plus": strings.Repeat("a+", n) + "a", "and": strings.Repeat("a&&", n) + "a", "generic": "type A = " + strings.Repeat("A<", n),
	} {
		for _, size := range []string{code, "export default 1;\n" + code} {
			start := time.Now()
			got := bundleAll(t, files("aWorkflow.ts", size[:min(len(size), 1<<20)]), "aWorkflow.ts")[0]
			if got.Code != nil || codes(got) != string(diagnostic.NestingTooDeep) {
				t.Errorf("%s: got %.60q", name, codes(got))
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s: took %v", name, took)
			}
		}
	}
	// What the guard lets through has to be fine for the parser.
	for name, code := range map[string]string{
		"brackets": strings.Repeat("[", 990) + strings.Repeat("]", 990), "not": strings.Repeat("!", 19000) + "1", "arrows": strings.Repeat("a=>", 90) + "1",
		"members": "a" + strings.Repeat(".b", 19_000), "calls": "a" + strings.Repeat("()", 19_000), "index": "a" + strings.Repeat("[0]", 19_000),
		"functions": strings.Repeat("function f(a){", 200) + strings.Repeat("}", 200), "arrows in brackets": strings.Repeat("(a=>", 400) + "1" + strings.Repeat(")", 400),
		"conditions": strings.Repeat("a?(b):", 90) + "1", "chain": "a" + strings.Repeat("?.b", 9000), "methods": "a" + strings.Repeat(".b()", 9000), "list": "[" + strings.Repeat("-1,", 200_000) + "]",
		"lines": "1" + strings.Repeat(";\nfoo.bar(1)", 50_000),
	} {
		start := time.Now()
		got := bundleAll(t, files("aWorkflow.ts", "let a, b; export default "+code), "aWorkflow.ts")[0]
		if strings.Contains(codes(got), "nesting") {
			t.Errorf("%s: refused", name)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func TestCallerGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := New().Bundle(ctx, check.Source{FS: files("aWorkflow.ts", "1")}, []string{"aWorkflow.ts"}, check.DefaultLimits()); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

func TestManyWorkflowsAreQuick(t *testing.T) {
	fsys := files("shared.ts", "export const x = ["+strings.Repeat("'some text',\n", 1000)+"]")
	var entries []string
	for i := range 100 {
		name := "w" + string(rune('a'+i%26)) + strings.Repeat("x", i) + "Workflow.ts"
		fsys[name] = &fstest.MapFile{Data: []byte("import { x } from './shared'; export default async () => x.length")}
		entries = append(entries, name)
	}
	start := time.Now()
	for _, b := range bundleAll(t, fsys, entries...) {
		if b.Code == nil {
			t.Fatal(b.Diagnostics)
		}
	}
	t.Logf("100 workflows with a shared module: %v", time.Since(start))
}
