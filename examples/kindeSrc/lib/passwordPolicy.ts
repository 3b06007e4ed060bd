import { localPart } from "./addresses";

const minLength = 12;

/** What is wrong with a password, in words for its owner; undefined if nothing is. */
export function objection(password: string, email: string): string | undefined {
  if (password.length < minLength) return `Use at least ${minLength} characters.`;
  if (new Set(password).size < 5) return "Use more than a few different characters.";
  const name = localPart(email);
  if (name.length > 2 && password.toLowerCase().includes(name)) return "Leave your email address out of it.";
  return undefined;
}
