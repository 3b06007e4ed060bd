package bundle

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Programs are marked in one text. What is found in each, and where, is what is
// found in it alone, whatever stands before and after it.
func TestGlobalsTogetherAreThoseAlone(t *testing.T) {
	sources := []string{
		"aWorkflow.ts", "import { send } from './shared'; export default async (url) => { send(url); kinde.fetch(process.env) }",
		"bWorkflow.ts", "const process = 1; export default async (kinde) => kinde.fetch(process, URL)",
		"lineWorkflow.ts", "export default async () => [/* \u2028 \u2029 */ first, /* \r */ second]",
		"hashWorkflow.ts", "#!/usr/bin/env node\nexport default async () => first(URL)",
		"sloppyWorkflow.js", "{ function inner() {} } exports.default = async () => inner(first)",
		"strictWorkflow.js", "'use strict'; { function inner() {} } exports.default = async () => inner(first)",
		"evalWorkflow.ts", "export default async (url) => { const second = 1; eval('first'); typeof URL; second; third }",
		"spoofWorkflow.ts", "export default async () => [__slipway_free_0_, '__slipway_free_1_', `\n__slipway_free_2_`, first]",
		"emptyWorkflow.ts", "export default async () => 1",
		"shared.ts", "export function send(url) { return new URL(url, second) }",
		"lastWorkflow.ts", "import { send } from './shared'; export default async () => { send(third); first; URL }",
	}
	for name, tc := range map[string]struct{ config, without string }{
		"all":             {"{}", "shared.ts"},
		"strict":          {`{"compilerOptions": {"strict": true}}`, "shared.ts"},
		"without #!":      {"{}", "shared.ts hashWorkflow.ts"},
		"without strange": {"{}", "shared.ts hashWorkflow.ts spoofWorkflow.ts lineWorkflow.ts"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := files(sources...)
			fsys["tsconfig.json"] = &fstest.MapFile{Data: []byte(tc.config)}
			var names []string
			for i := 0; i < len(sources); i += 2 {
				if !strings.Contains(tc.without, sources[i]) {
					names = append(names, sources[i])
				}
			}
			for range 2 {
				slices.Reverse(names)
				for _, got := range bundleAll(t, fsys, names...) {
					want := bundleAll(t, fsys, got.Path)[0]
					if got.Code == nil || !slices.Equal(got.Globals, want.Globals) {
						t.Errorf("%s, %q\n%v\nalone:\n%v", got.Path, codes(got), got.Globals, want.Globals)
					}
				}
			}
		})
	}
}
