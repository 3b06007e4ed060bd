package consoletest

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/examples"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// WorkflowsFolder is where repositories keep their workflows.
const WorkflowsFolder = "kindeSrc/environment/workflows/"

// Triggers that workflows of tests use; a trigger has one live workflow.
const (
	SignIn = "user:post_authentication"
	Token  = "user:tokens_generation"
	M2M    = "m2m:token_generation"
)

// WorkflowFile is a good workflow whose code says the word.
func WorkflowFile(id, trigger, word string) string {
	return fmt.Sprintf("export const workflowSettings = { id: %q, trigger: %q };\nexport default async function f() { console.log(%q); }\n", id, trigger, word)
}

// Commit commits a workflow for each id and trigger. Their code says the message,
// so that another commit changes it.
func (s *Site) Commit(message string, idsAndTriggers ...string) (sha string) {
	s.T.Helper()
	files := map[string]string{"kinde.json": "{}"}
	for i := 0; i+1 < len(idsAndTriggers); i += 2 {
		id, trigger := idsAndTriggers[i], idsAndTriggers[i+1]
		files[WorkflowsFolder+id+"Workflow.ts"] = WorkflowFile(id, trigger, message)
	}
	return s.Repo.Commit(files, gittest.Options{Message: message, Time: s.Now()})
}

// Small adds Env with the workflows greet, of two commits, and claims, of one.
func (s *Site) Small() {
	s.T.Helper()
	s.Commit("First words", "greet", SignIn, "claims", Token)
	s.Add()
	s.Sync()
	s.Commit("Other words", "greet", SignIn)
	s.Sync()
}

// The examples' files that the story changes.
const (
	claimsFile  = WorkflowsFolder + "tokens/customClaimsWorkflow.ts"
	welcomeFile = WorkflowsFolder + "signIn/welcomeWorkflow.ts"
	policyFile  = "kindeSrc/lib/passwordPolicy.ts"
)

// Story adds Env with the examples, and what a team did to them: a good change, a
// bad release, a roll back with its reason, a push that the hold keeps back, and a
// change of welcome that does not pass the check. It begins a day ago and ends
// half an hour ago: a page that says "just now" moves a little when it says so no
// more.
func (s *Site) Story() {
	s.T.Helper()
	s.Later(-26*time.Hour - 30*time.Minute)
	files := s.examples()
	s.push("Ana", "Five workflows for sign-up, sign-in and tokens", files)
	s.Add()
	s.Sync()
	s.Later(3 * time.Hour)
	edit(s, files, claimsFile, "claims.region =", `claims.plan = optional("PLAN") || "free";`+"\n  claims.region =")
	edit(s, files, claimsFile, "type Claims = {", "type Claims = { plan: string;")
	s.push("Ben", "Tell the plan in the token", files)
	s.Sync()
	s.Later(7 * time.Hour)
	edit(s, files, claimsFile, `organization?.code ?? "personal"`, "organization.code")
	s.push("Ben", "Simplify the tenant", files)
	s.Sync()
	s.Later(4 * time.Hour)
	_, err := s.Plane.MakeLive(s.Ctx(), Env, "customClaims", control.PreviousName,
		control.Request{Actor: slipway.LocalActor("dana"), Reason: "people without an organization cannot sign in"}, control.MakeLiveOptions{})
	s.Must(err)
	s.Later(9 * time.Hour)
	edit(s, files, policyFile, "12", "14")
	edit(s, files, claimsFile, "organization.code", `organization?.code ?? "personal"`)
	s.push("Chris", "Ask for longer passwords; people without an organization are tenants too", files)
	s.Sync()
	s.Later(3 * time.Hour)
	edit(s, files, welcomeFile, "WorkflowTrigger.PostAuthentication,", "WorkflowTrigger.PostAuthenticated,")
	s.push("Chris", "Greet more people", files)
	s.Sync()
	s.Later(30 * time.Minute)
}

func (s *Site) examples() map[string]string {
	s.T.Helper()
	files := map[string]string{}
	s.Must(fs.WalkDir(examples.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := examples.Files.ReadFile(name)
		files[name] = string(data)
		return err
	}))
	return files
}

func (s *Site) push(author, message string, files map[string]string) {
	s.T.Helper()
	s.Repo.Commit(files, gittest.Options{Author: author, Email: strings.ToLower(author) + "@example.com", Message: message, Time: s.Now()})
}

func edit(s *Site, files map[string]string, name, before, after string) {
	s.T.Helper()
	if !strings.Contains(files[name], before) {
		s.T.Fatalf("the example %s has no %q to change", name, before)
	}
	files[name] = strings.Replace(files[name], before, after, 1)
}
