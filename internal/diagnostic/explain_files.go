package diagnostic

func discoveryCodes() []Info {
	return []Info{
		{
			ConfigMissing, "kinde.json is missing", Error,
			"The project root has no kinde.json, so nothing says where the workflows are.",
			"my-repository/\n  package.json", "Add the file that the hint prints, at the project root. If the project is in a sub-directory, set the environment's sub-directory.",
		},
		{
			ConfigInvalid, "kinde.json cannot be read", Error,
			"The file is empty, is not JSON (comments and trailing commas are fine), or is not an object. It is never passed over in silence, because the workflows would then be looked for in the wrong folder.",
			"{ \"rootDir\": \"src\" \"version\": \"2024-12-09\" }", "Mend the line that is named.",
		},
		{
			ConfigWrongType, "A field of kinde.json has the wrong type", Error,
			"rootDir and version are strings; integrations.npm.enabled is true or false.",
			"{ \"rootDir\": 3 }", "Write the value with the type that the message names.",
		},
		{
			RootDirOutside, "rootDir leaves the repository", Error,
			"rootDir has to name a folder inside the project. A path with .. out of it is refused.",
			"{ \"rootDir\": \"../other\" }", "Name a folder inside the project, such as kindeSrc.",
		},
		{
			NoWorkflows, "No workflow was found", Error,
			"No file matches <rootDir>/environment/workflows/**/*Workflow.ts or .js. Files that come near are named.",
			"kindeSrc/environment/workflow/signin.ts", "Move or rename the files as the near misses say.",
		},
		{
			NearMiss, "A file looks like a workflow and is none", Warning,
			"The file is in the wrong folder, or its name lacks the Workflow suffix, has another extension, or has a typing mistake.",
			"kindeSrc/environment/workflows/signInWorkflow.tsx", "Rename or move the file if it is a workflow; otherwise leave it.",
		},
		{
			TooManyWorkflows, "Too many workflows", Error,
			"A repository may hold 1,000 workflows by default.",
			"kindeSrc/environment/workflows/  (1,001 files)", "Divide the workflows among several environments, or raise the limit.",
		},
	}
}

func bundlingCodes() []Info {
	return []Info{
		{
			UpperCaseExtension, "Upper-case extension", Error,
			"The file is found, since names match without regard to case, but a file that ends in .TS or .JS cannot be loaded.",
			"signInWorkflow.TS", "Rename the file so that it ends in .ts or .js.",
		},
		{
			FileUnreadable, "A file cannot be read", Error,
			"The file is a folder, a symbolic link to nothing, or a loop of links.",
			"aWorkflow.ts -> aWorkflow.ts", "Put a regular file in its place.",
		},
		{
			FileTooLarge, "A source file is too large", Error,
			"One source file may have 1 MiB by default.", "import data from \"./five-megabytes.json\";", "Make the file smaller, or fetch the data at run time.",
		},
		{
			NestingTooDeep, "Code is nested too deeply", Error,
			"Thousands of brackets or operators are open at once. No code written by people looks like that.",
			"[[[[[[[[ … ]]]]]]]]", "Break the expression up.",
		},
		{
			SyntaxError, "Syntax error", Error, "The file is not valid TypeScript, JavaScript or JSON.",
			"export const workflowSettings = { id: \"a\" trigger: \"b\" };", "Mend the line that is named.",
		},
		{
			TopLevelAwait, "await outside a function", Error,
			"A workflow's top-level code runs to its end at once, when the settings are read; it cannot wait.",
			"const config = await load();", "Move the await into the default function.",
		},
		{
			ImportNotFound, "An import cannot be resolved", Error,
			"No file of that name exists in this commit. Names are case-sensitive.",
			"import { x } from \"./helprs\";", "Correct the path, or commit the file.",
		},
		{
			ImportOutside, "An import leaves the repository", Error,
			"Imports and symbolic links have to stay inside the snapshot of the commit.",
			"import x from \"../../../../../secrets.json\";", "Copy what is needed into the repository.",
		},
		{
			ImportExcluded, "An import leads into node_modules or .git", Error,
			"These folders are no part of a snapshot, even where they are committed.",
			"import x from \"../../node_modules/lodash/add.js\";", "Copy the code into the repository, beside the workflow.",
		},
		{
			ImportUnsupported, "This kind of file cannot be imported", Error,
			"Workflows import .ts, .tsx, .mts, .cts, .js, .jsx, .mjs, .cjs and .json files.",
			"import \"./style.css\";", "Import code or JSON only.",
		},
		{
			PackageNotOffered, "A package is not offered", Error,
			"Only @kinde/infrastructure can be imported by name: the runtime is not Node, and no sync depends on a registry.",
			"import _ from \"lodash\";", "Copy the code into the repository and import it by a relative path.",
		},
		{
			ExportNotFound, "An import names no export", Error,
			"The module exists and does not export that name.",
			"import { m2mTokenCustomClaims } from \"@kinde/infrastructure\";", "Use the name that the hint suggests. Types are imported with import type.",
		},
		{
			TSConfigInvalid, "tsconfig.json cannot be read", Warning,
			"Its paths are not used, so imports through them do not resolve.", "{ \"compilerOptions\": { \"paths\": } }", "Mend the line that is named.",
		},
		{
			BundleTooLarge, "The bundle is too large", Error, "A workflow with everything it imports may have 2 MiB by default.",
			"import everything from \"./generated\";", "Import less.",
		},
		{
			BundleEmpty, "The file is empty", Error, "There is no code in the file, so there is nothing to deploy.",
			"// to do", "Write the workflow, or remove the file.",
		},
		{
			SuspiciousCode, "The code is probably not what was meant", Warning,
			"The bundler found code that is valid and looks like a mistake.", "if (x === NaN) {}", "Read the line that is named.",
		},
	}
}
