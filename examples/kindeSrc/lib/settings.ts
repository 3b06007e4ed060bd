import { getEnvironmentVariable } from "@kinde/infrastructure";

// Workflows that import this declare the binding kinde.env.

/** Reads a variable of the environment; a missing one fails the workflow by name. */
export function required(key: string): string {
  const value = optional(key);
  if (value === "") throw new Error(`set the environment variable ${key}`);
  return value;
}

/** Reads a variable of the environment, "" if nobody has set it. */
export function optional(key: string): string {
  return getEnvironmentVariable(key)?.value ?? "";
}
