/** The resources that scopes such as "write:orders" let a client change, each once, sorted. */
export function writable(scopes: string[]): string[] {
  const resources = scopes
    .map((scope) => scope.split(":"))
    .filter(([verb, resource]) => resource && (verb === "write" || verb === "delete"))
    .map(([, resource]) => resource);
  return [...new Set(resources)].sort();
}
