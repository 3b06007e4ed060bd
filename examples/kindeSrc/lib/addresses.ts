import disposable from "./disposableDomains.json";

/** The part before the @, in lower case. */
export function localPart(address: string): string {
  return address.slice(0, address.lastIndexOf("@")).toLowerCase();
}

/** The part after the @, in lower case; "" for what is no address. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 0 ? "" : address.slice(at + 1).toLowerCase();
}

/** Whether the address belongs to a provider of throw-away mailboxes, or to a domain below one. */
export function isDisposable(address: string): boolean {
  const domain = domainOf(address);
  return disposable.domains.some((d) => domain === d || domain.endsWith("." + d));
}
