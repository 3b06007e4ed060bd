import {
  m2mTokenClaims,
  WorkflowTrigger,
  type onM2MTokenGeneratedEvent,
  type WorkflowSettings,
} from "@kinde/infrastructure";
import { writable } from "../../../lib/scopes";

export const workflowSettings: WorkflowSettings = {
  id: "writableResources",
  name: "Writable resources of machines",
  trigger: WorkflowTrigger.M2MTokenGeneration,
  failurePolicy: { action: "stop" },
  bindings: {
    "kinde.m2mToken": {},
  },
};

type Claims = { writable: string[]; readOnly: boolean };

/** Lists what a machine may change, so that a gateway need not read scopes. */
export default async function writableResources(event: onM2MTokenGeneratedEvent) {
  const claims = m2mTokenClaims<Claims>();
  const resources = writable(event.request.auth.scope ?? []);
  claims.writable = resources;
  claims.readOnly = resources.length === 0;
}
