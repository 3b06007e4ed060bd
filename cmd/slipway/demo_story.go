package main

// Files of the examples that the story changes.
const (
	claimsFile  = "kindeSrc/environment/workflows/tokens/customClaimsWorkflow.ts"
	welcomeFile = "kindeSrc/environment/workflows/signIn/welcomeWorkflow.ts"
	domainsFile = "kindeSrc/lib/disposableDomains.json"
	policyFile  = "kindeSrc/lib/passwordPolicy.ts"
)

// badRelease stands for the commit of the bad release, which is known when it
// was made.
const badRelease = "{bad release}"

// story is what the demo tells.
func story(repo string) []chapter {
	sync := func(code int) demoCommand { return demoCommand{[]string{"sync", "demo"}, code} }
	workflows := demoCommand{args: []string{"workflows", "demo"}}
	return []chapter{
		{
			tell:   "A team keeps five workflows in Git. Slipway syncs them: each is checked, and goes live at once.",
			commit: &demoCommit{author: "Ana", message: "Five workflows for sign-up, sign-in and tokens"},
			commands: []demoCommand{
				{args: []string{"env", "add", "demo", "--repo", repo}}, sync(exitDone), workflows,
			},
		},
		{
			tell: "A good change: tokens tell the plan too.",
			commit: &demoCommit{author: "Ben", message: "Tell the plan in the token", edits: []edit{
				{claimsFile, `claims.region =`, `claims.plan = optional("PLAN") || "free";` + "\n  claims.region ="},
				{claimsFile, `type Claims = {`, `type Claims = { plan: string;`},
			}},
			commands: []demoCommand{sync(exitDone)},
		},
		{
			tell: "A broken change: one trigger is misspelt. That workflow keeps what is live; its neighbours deploy.",
			commit: &demoCommit{author: "Chris", message: "Refuse one more address, greet more people", edits: []edit{
				{welcomeFile, "WorkflowTrigger.PostAuthentication,", "WorkflowTrigger.PostAuthenticated,"},
				{domainsFile, `"domains": [`, "\"domains\": [\n    \"throwaway.example\","},
			}},
			commands: []demoCommand{sync(exitRefused), {args: []string{"why", "demo", "welcome"}}},
		},
		{
			bad:  true,
			tell: "A bad release: the trigger is mended, and another change passes every check. It fails at night,\n   for people without an organization: they cannot sign in any more.",
			commit: &demoCommit{author: "Ben", message: "Mend the trigger; simplify the tenant", edits: []edit{
				{welcomeFile, "WorkflowTrigger.PostAuthenticated,", "WorkflowTrigger.PostAuthentication,"},
				{claimsFile, `organization?.code ?? "personal"`, `organization.code`},
			}},
			commands: []demoCommand{sync(exitDone)},
		},
		{
			tell: "One command puts the code before it back, and a hold keeps it there.",
			commands: []demoCommand{{args: []string{
				"rollback", "demo", "customClaims", "--reason", "people without an organization cannot sign in",
			}}},
		},
		{
			tell: "Somebody who knows nothing of this pushes. The neighbours go on; what was rolled back stays.",
			commit: &demoCommit{author: "Chris", message: "Ask for longer passwords", edits: []edit{
				{policyFile, "12", "14"},
			}},
			commands: []demoCommand{sync(exitDone), {args: []string{"why", "demo", "customClaims"}}},
		},
		{
			tell: "In the morning the mistake is mended. It is checked and deployed, and still does not take over.",
			commit: &demoCommit{author: "Ben", message: "People without an organization are tenants too", edits: []edit{
				{claimsFile, `organization.code`, `organization?.code ?? "personal"`},
			}},
			commands: []demoCommand{sync(exitDone), workflows},
		},
		{
			tell: "The bad code is rejected, so that nothing brings it again, a roll back neither. The hold is lifted:\n   the newest good code goes live, and the ledger has the whole story.",
			commands: []demoCommand{
				{args: []string{"reject", "demo", "customClaims", badRelease, "--reason", "fails without an organization"}},
				{args: []string{"lift", "demo", "customClaims", "--reason", "mended and reviewed"}},
				{args: []string{"releases", "demo"}},
			},
		},
	}
}
