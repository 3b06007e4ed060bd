// What workflows import as "@kinde/infrastructure": the triggers, and helpers
// over the bindings. Each helper names its bindings as kinde.<name>, so that the
// check finds which of them a workflow uses.

declare const kinde: any;
declare const URL: any;
declare const URLSearchParams: any;

export enum WorkflowTrigger {
  UserTokenGeneration = "user:tokens_generation",
  M2MTokenGeneration = "m2m:token_generation",
  ExistingPasswordProvided = "user:existing_password_provided",
  NewPasswordProvided = "user:new_password_provided",
  UserPreMFA = "user:pre_mfa",
  PostAuthentication = "user:post_authentication",
  PlanSelection = "user:plan_selection",
  PlanCancellationRequest = "user:plan_cancellation_request",
  UserPreRegistration = "user:pre_registration",
  NewUsernameProvided = "user:new_username_provided",
}

/* @__NO_SIDE_EFFECTS__ */
function claims(token: any): any {
  return new Proxy({}, {
    get: (_, name) => (typeof name === "string" ? token.getCustomClaims()?.[name] : undefined),
    set: (_, name, value) => {
      token.setCustomClaim(String(name), value);
      return true;
    },
  });
}

export function accessTokenCustomClaims(): any {
  return claims(kinde.accessToken);
}

export function idTokenCustomClaims(): any {
  return claims(kinde.idToken);
}

export function m2mTokenClaims(): any {
  return claims(kinde.m2mToken);
}

export function denyAccess(reason: string): void {
  kinde.auth.denyAccess(reason);
}

export function setEnforcementPolicy(policy: "required" | "skip"): void {
  kinde.mfa.setEnforcementPolicy(policy);
}

export function denyPlanSelection(message: string, reasons?: string[]): void {
  kinde.plan.denySelection(message, reasons);
}

export function denyPlanCancellation(reason: string): void {
  kinde.plan.denyCancellation(reason);
}

export function invalidateFormField(field: string, message: string): void {
  kinde.widget.invalidateFormField(field, message);
}

export function getLocalization(key: string): any {
  return kinde.localization.get(key);
}

export function getEnvironmentVariable(key: string): any {
  return kinde.env.get(key);
}

function search(params: any): string {
  return new URLSearchParams(params).toString();
}

async function send(url: string, options: any): Promise<any> {
  const answer = await kinde.fetch(new URL(url).toString(), { method: "GET", responseFormat: "json", headers: {}, ...options });
  return { ...answer, data: answer?.json ?? answer?.text };
}

export async function fetch(url: string, options: any = {}): Promise<any> {
  return send(url, options);
}

export async function secureFetch(url: string, options: any = {}): Promise<any> {
  const answer = await kinde.secureFetch(url, { method: "POST", responseFormat: "json", headers: {}, ...options });
  return { ...answer, data: answer?.json ?? answer?.text };
}

async function requestToken(options: any): Promise<string> {
  const { data } = await send(options.domain + "/oauth2/token", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: search({
      grant_type: "client_credentials",
      client_id: options.clientId,
      client_secret: options.clientSecret,
      audience: [options.audience].flat().join(" "),
      ...(options.scopes ? { scope: options.scopes.join(" ") } : {}),
    }),
  });
  if (!data?.access_token) throw new Error("no access token was given for client " + options.clientId);
  return data.access_token;
}

export async function getM2MToken(name: string, options: any): Promise<string> {
  return kinde.cache.jwtToken(name, {
    validation: { key: { type: "jwks", jwks: { url: options.domain + "/.well-known/jwks.json" } } },
    onMissingOrExpired: () => requestToken(options),
  });
}

export async function createKindeAPI(event: any, options: any = {}): Promise<any> {
  const domain = event.context.domains.kindeDomain;
  const token = await requestToken({
    domain,
    audience: domain + "/api",
    clientId: options.clientId ?? kinde.env.get(options.clientIdKey ?? "KINDE_WF_M2M_CLIENT_ID")?.value,
    clientSecret: options.clientSecret ?? kinde.env.get(options.clientSecretKey ?? "KINDE_WF_M2M_CLIENT_SECRET")?.value,
  });
  const call = (method: string) => ({ endpoint, params, contentType, headers }: any) => {
    const inQuery = method === "GET" && params ? "?" + search(params) : "";
    return send(domain + "/api/v1/" + endpoint + inQuery, {
      method,
      headers: {
        authorization: "Bearer " + token,
        "content-type": contentType ?? "application/json",
        accept: "application/json",
        ...headers,
      },
      ...(method === "GET" || params === undefined ? {} : { body: params }),
    });
  };
  return { get: call("GET"), post: call("POST"), put: call("PUT"), patch: call("PATCH"), delete: call("DELETE") };
}
