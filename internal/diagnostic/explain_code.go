package diagnostic

func evaluationCodes() []Info {
	return []Info{
		{
			TopLevelThrows, "Top-level code throws", Error,
			"The settings are read by running the file's top-level code. It threw, so there are no settings. Node's and the browser's globals do not exist in the runtime.",
			"const key = process.env.KEY.trim();", "Move the code into the default function.",
		},
		{
			TopLevelTimeout, "Top-level code does not end", Error, "It ran longer than one second (by default).",
			"while (true) {}", "Move the work into the default function, or mend the loop.",
		},
		{
			TopLevelMemory, "Top-level code takes too much memory", Error, "It asked for more than 64 MiB (by default).",
			"const all = new ArrayBuffer(1 << 30);", "Move the work into the default function, or make it smaller.",
		},
		{
			TopLevelRecursion, "Top-level code calls itself too deeply", Error, "The call stack overflowed.",
			"function f() { return f(); } f();", "Mend the recursion.",
		},
		{
			BindingAtTopLevel, "A binding is used outside the default function", Warning,
			"Bindings exist only while a workflow runs. The check stands in for them so that it can read the settings; the real runtime throws a ReferenceError there.",
			"console.log(\"loaded\");", "Move the line into the default function.",
		},
		{
			SettingsUnreadable, "The settings cannot be read", Error,
			"A getter or a proxy of workflowSettings threw or did not end, or the settings are too large.",
			"export const workflowSettings = { get id() { throw 1; } };", "Write the settings as plain values.",
		},
		{
			CheckTimeout, "The check ran out of time", Error, "The whole check took longer than 60 seconds (by default), and this file's turn did not come.",
			"", "Look for workflows with slow top-level code, or raise the limit.",
		},
	}
}

func settingsCodes() []Info {
	return []Info{
		{
			SettingsMissing, "workflowSettings is missing", Error, "A workflow exports its settings by this name.",
			"const workflowSettings = { id: \"a\" };", "Write export const workflowSettings = { … }.",
		},
		{
			SettingsNotObject, "workflowSettings is not an object", Error, "It is a string, a function, an array or undefined.",
			"export const workflowSettings = \"signIn\";", "Write export const workflowSettings = { id: …, trigger: … }.",
		},
		{
			SettingIgnored, "A setting has no meaning", Warning, "timeout and resetClaims at the top level were used in 2024. They are accepted and do nothing.",
			"export const workflowSettings = { id: \"a\", timeout: 10000 };", "Remove it. resetClaims is an option of a token binding.",
		},
		{
			IDMissing, "The id is missing", Error, "Every workflow needs an id. It is what the workflow is known by across commits.",
			"export const workflowSettings = { trigger };", "Add id: \"someName\".",
		},
		{
			IDInvalid, "The id is not usable", Error, "An id is a string of at most 128 bytes that starts with a letter or digit and holds letters, digits and . _ : @ + - and inner spaces only: it stands in web addresses and in commands.",
			"id: \"sign/in\"", "Choose another id.",
		},
		{
			NameInvalid, "The name is not usable", Error, "A name is a string of at most 200 characters without control characters.",
			"name: 3", "Write a short text, or leave the name out.",
		},
		{
			TriggerMissing, "The trigger is missing or undefined", Error,
			"A member of WorkflowTrigger that does not exist is undefined, and TypeScript's types are not checked here.",
			"trigger: WorkflowTrigger.UserPlanCancellationRequest", "Use the member that the hint suggests.",
		},
		{
			TriggerInvalid, "The trigger is not a string", Error, "A workflow has one trigger.", "trigger: [\"user:pre_mfa\"]",
			"Write one trigger; make another workflow for another trigger.",
		},
		{
			TriggerUnknown, "Unknown trigger", Error, "Nothing fires this trigger.", "trigger: \"m2m:tokens_generation\"",
			"Use the trigger that the hint suggests. An environment can be given triggers of its own.",
		},
		{
			FailurePolicyInvalid, "The failure policy is not valid", Error, "failurePolicy.action is \"stop\" or \"continue\"; without one it is \"stop\".",
			"failurePolicy: { action: \"warn\" }", "Write \"stop\" or \"continue\".",
		},
		{
			BindingsInvalid, "bindings has the wrong shape", Error, "bindings is an object from a binding's name to an object of options, usually {}.",
			"bindings: [\"kinde.env\"]", "Write bindings: { \"kinde.env\": {} }.",
		},
		{
			DefaultMissing, "The default export is missing", Error, "The default export is the function that runs.",
			"export async function run(event) {}", "Write export default async function (event) { … }.",
		},
		{
			DefaultNotFunction, "The default export is not a function", Error, "An object with a handle method (the form of 2024), a class and a generator are not accepted.",
			"export default { async handle(event) {} };", "Write export default async function (event) { … }.",
		},
		{
			DefaultNotAsync, "The default export is not async", Warning,
			"The runtime waits for a promise and fails without one. It is a warning because a plain function may return a promise.",
			"export default function (event) {}", "Write async before function.",
		},
	}
}

func nameCodes() []Info {
	return []Info{
		{
			BindingUnknown, "Unknown binding", Warning, "No binding of this name is known, so declaring it gives nothing.",
			"bindings: { \"kinde.planSelection\": {} }", "Use the name that the hint suggests.",
		},
		{
			BindingUndeclared, "A binding is used and not declared", Warning,
			"Code that the workflow reaches uses a binding that its settings do not declare. It fails when that line runs.",
			"denyAccess(\"no\"); // without \"kinde.auth\"", "Declare the binding in workflowSettings.bindings.",
		},
		{
			BindingUnused, "A binding is declared and not used", Warning, "Nothing that the workflow reaches uses it.",
			"bindings: { \"kinde.mfa\": {} }", "Remove it: a workflow should be given what it needs and no more.",
		},
		{
			BindingNotOffered, "The trigger does not offer this binding", Warning, "The documentation does not offer this binding to workflows of this trigger.",
			"trigger: \"user:post_authentication\", bindings: { \"kinde.mfa\": {} }", "Remove it, or use another trigger.",
		},
		{
			NameUndefined, "A name is not defined", Warning,
			"The code uses a name that it neither declares nor imports, and that the runtime does not have. It throws a ReferenceError when that line runs.",
			"const v = getEnvironmentVariable(\"KEY\"); // not imported", "Import the name, or correct its spelling.",
		},
	}
}

func acrossCodes() []Info {
	return []Info{
		{
			DuplicateID, "Several workflows have one id", Error, "An id names one workflow, so all of them fail. What is live stays live.",
			"aWorkflow.ts: id: \"signIn\"\nbWorkflow.ts: id: \"signIn\"", "Give each workflow an id of its own.",
		},
		{
			DuplicateTrigger, "Several workflows have one trigger", Error, "A trigger runs one workflow, so all of them fail. What is live stays live.",
			"aWorkflow.ts: trigger: \"user:pre_mfa\"\nbWorkflow.ts: trigger: \"user:pre_mfa\"", "Keep one, and import the others' code into it.",
		},
		{
			TriggerOfStoredWorkflow, "Another live workflow has this trigger", Warning,
			"A workflow whose file is gone, or fails this check, is still live with this trigger. Removing a file deactivates nothing, and renaming an id makes a new workflow. This workflow stays Deployed until the trigger is free.",
			"id: \"signIn2\" // was \"signIn\", which is live with the same trigger", "Deactivate or delete the other workflow, or take the old id back.",
		},
	}
}

func syncCodes() []Info {
	return []Info{
		{
			NotChecked, "A file was not checked", Error,
			"The sync found the file and ended before it was checked, or what the check left cannot be used. Nothing is said about the file itself.",
			"", "Sync again. The sync's own problem says why it ended.",
		},
	}
}
