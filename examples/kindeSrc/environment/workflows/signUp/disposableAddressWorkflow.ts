import {
  denyAccess,
  WorkflowTrigger,
  type onUserPreRegistrationEvent,
  type WorkflowSettings,
} from "@kinde/infrastructure";
import { isDisposable } from "../../../lib/addresses";

export const workflowSettings: WorkflowSettings = {
  id: "disposableAddress",
  name: "Refuse disposable addresses",
  trigger: WorkflowTrigger.UserPreRegistration,
  failurePolicy: { action: "continue" },
  bindings: {
    "kinde.auth": {},
  },
};

/** Refuses a sign-up that was begun with a throw-away address. */
export default async function disposableAddress(event: onUserPreRegistrationEvent) {
  const address = event.request.authUrlParams?.loginHint ?? "";
  if (isDisposable(address)) {
    denyAccess("Please sign up with an address that you will keep.");
  }
}
