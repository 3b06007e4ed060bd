package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The generated repository.
const (
	helpers     = 50
	workflowDir = "kindeSrc/environment/workflows"
	configText  = `{"version": "2024-12-09", "rootDir": "kindeSrc"}` + "\n"
)

// repository is a Git repository of n workflows that share helpers.
type repository struct {
	dir       string
	workflows int
	changes   int
}

// newRepository writes one and commits it.
func newRepository(ctx context.Context, dir string, workflows int) (*repository, error) {
	r := &repository{dir: dir, workflows: workflows}
	files := map[string]string{"kinde.json": configText}
	for i := range helpers {
		files[helperName(i)] = helperText(i)
	}
	for i := range workflows {
		files[workflowName(i)] = workflowText(i, 0)
	}
	for name, text := range files {
		if err := r.write(name, text); err != nil {
			return nil, err
		}
	}
	if _, err := run(ctx, dir, "git", "init", "--quiet", "--initial-branch=main"); err != nil {
		return nil, err
	}
	if err := r.commit(ctx, "All of it"); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *repository) url() string { return "file://" + filepath.ToSlash(r.dir) }

// change commits one more version of one workflow.
func (r *repository) change(ctx context.Context) error {
	r.changes++
	if err := r.write(workflowName(0), workflowText(0, r.changes)); err != nil {
		return err
	}
	return r.commit(ctx, fmt.Sprintf("Change %d", r.changes))
}

func (r *repository) write(name, text string) error {
	full := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

func (r *repository) commit(ctx context.Context, message string) error {
	if _, err := run(ctx, r.dir, "git", "add", "--all"); err != nil {
		return err
	}
	_, err := run(ctx, r.dir, "git", "-c", "user.name=Bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "--message", message)
	return err
}

// triggers are those that the environment needs for its workflows.
func (r *repository) triggers() []string {
	names := make([]string, r.workflows)
	for i := range names {
		names[i] = fmt.Sprintf("bench:%d", i)
	}
	return names
}

// entries are the workflow files, from the repository's root.
func (r *repository) entries() []string {
	names := make([]string, r.workflows)
	for i := range names {
		names[i] = workflowName(i)
	}
	return names
}

func workflowName(i int) string { return fmt.Sprintf("%s/w%dWorkflow.ts", workflowDir, i) }

func helperName(i int) string { return fmt.Sprintf("kindeSrc/lib/helper%d.ts", i) }

// helperText is a module of functions, of which each workflow uses some.
func helperText(i int) string {
	return strings.ReplaceAll(`// What plan # allows.
export interface Claim# { name: string; value: unknown }
const table#: Record<string, number> = { free: 0, basic: 1#, plus: 2#, enterprise: 3# };

export function limit#(plan: string, seats = 1): number {
  const base = table#[plan] ?? 0;
  if (seats > 100) return base * 100 + Math.floor((seats - 100) / 2);
  return base * seats;
}

export const claims# = (values: Record<string, unknown>): Claim#[] =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => ({ name: "h#_" + name, value }));

export async function retry#<T>(times: number, run: () => Promise<T>): Promise<T> {
  let last: unknown;
  for (let i = 0; i < times; i++) {
    try {
      return await run();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
`, "#", fmt.Sprint(i))
}

// workflowText is one workflow, which uses two helpers and our package.
func workflowText(i, version int) string {
	a, b := i%helpers, (i*7+3)%helpers
	if a == b {
		b = (b + 1) % helpers
	}
	return strings.NewReplacer("#", fmt.Sprint(i), "@a", fmt.Sprint(a), "@b", fmt.Sprint(b), "@v", fmt.Sprint(version)).Replace(
		`import { WorkflowSettings, accessTokenCustomClaims, fetch } from "@kinde/infrastructure";
import { limit@a, claims@a } from "../../lib/helper@a";
import { limit@b, retry@b } from "../../lib/helper@b";

export const workflowSettings: WorkflowSettings = {
  id: "w#",
  name: "Workflow #",
  trigger: "bench:#",
  failurePolicy: { action: "stop" },
  bindings: { "kinde.accessToken": {}, "kinde.fetch": {}, url: {} },
};

// What workflow # adds to a token.
export default async function handle(event: any) {
  const plan = event.context?.plan ?? "free";
  const token = accessTokenCustomClaims<Record<string, unknown>>();
  for (const claim of claims@a({ plan, seats: limit@a(plan, event.context?.seats), number: # })) {
    token[claim.name] = claim.value;
  }
  token.external = await retry@b(3, () =>
    fetch("https://example.com/limits/#?max=" + limit@b(plan), { method: "GET", headers: {} }),
  );
  return { plan, number: #, version: @v };
}
`)
}
