import {
  accessTokenCustomClaims,
  WorkflowTrigger,
  type onUserTokenGeneratedEvent,
  type WorkflowSettings,
} from "@kinde/infrastructure";
import { optional } from "../../../lib/settings";

export const workflowSettings: WorkflowSettings = {
  id: "customClaims",
  name: "Custom claims",
  trigger: WorkflowTrigger.UserTokenGeneration,
  failurePolicy: { action: "stop" },
  bindings: {
    "kinde.accessToken": { resetClaims: true },
    "kinde.env": {},
  },
};

type Claims = { tenant: string; region: string; silent: boolean };

/** Tells our APIs whose data a token is for, and where that data lives. */
export default async function customClaims(event: onUserTokenGeneratedEvent) {
  const { auth, organization } = event.context;
  const claims = accessTokenCustomClaims<Claims>();
  claims.tenant = organization?.code ?? "personal";
  claims.region = optional("DATA_REGION") || "eu";
  claims.silent = auth.origin === "refresh_token_request";
}
