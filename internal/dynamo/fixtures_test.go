package dynamo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func moment() time.Time { return time.Date(2026, 3, 29, 1, 2, 3, 123456789, time.UTC) }

// digest is what no compression makes shorter.
func digest(of string) string {
	sum := sha256.Sum256([]byte(of))
	return hex.EncodeToString(sum[:])
}

// ordinary is a valid deployment of the size that they have.
func ordinary(name string) slipway.Deployment {
	at := moment()
	d := slipway.Deployment{
		ID: "dep_" + digest("dep" + name)[:26], Environment: "env_01M85DX3WAPRWBN8A8QP16V9F7", Workflow: "customClaims-" + name,
		Sync: "sync_01M85DX416D0JMTFWWS06BT01A", Sequence: 17, Path: "kindeSrc/environment/workflows/tokens/customClaims" + name + "Workflow.ts",
		Commit: slipway.Commit{
			SHA: digest("commit")[:40], Author: "Grace Hopper", Email: "grace@example.com", Time: at,
			Message: "Tell the plan in the token\n\nThe portal shows it beside the name, and asks for nothing more.\n",
		},
		Outcome: slipway.Valid, Digest: "sha256:" + digest("bundle"+name), SourceDigest: "sha256:" + digest("source"+name),
		Settings: slipway.Settings{ID: "customClaims-" + name, Name: "Custom claims", Trigger: "user:tokens_generation", FailurePolicy: "stop", Bindings: []string{"kinde.accessToken", "kinde.idToken"}},
		Packages: map[string]string{"esbuild": "0.28.2", "quickjs": "2026-06-04", "@kinde/infrastructure": "0.9.0"},
		Size:     1230, CreatedAt: at, CheckedAt: &at, Diagnostics: []diagnostic.Diagnostic{},
	}
	d.Code = slipway.CodeOf(d.Workflow, d.Digest, d.Settings)
	return d
}

// noise is n warnings that do not compress well.
func noise(n int) []diagnostic.Diagnostic {
	ds := make([]diagnostic.Diagnostic, n)
	for i := range ds {
		ds[i] = diagnostic.Diagnostic{Code: "unused", Severity: diagnostic.Warning, Path: "a.ts", Line: i + 1, Message: digest(fmt.Sprint(i))}
	}
	return ds
}
