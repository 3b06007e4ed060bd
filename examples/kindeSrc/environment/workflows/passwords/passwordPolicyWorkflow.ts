import {
  invalidateFormField,
  WorkflowTrigger,
  type onNewPasswordProvidedEvent,
  type WorkflowSettings,
} from "@kinde/infrastructure";
import { objection } from "../../../lib/passwordPolicy";

export const workflowSettings: WorkflowSettings = {
  id: "passwordPolicy",
  name: "Password policy",
  trigger: WorkflowTrigger.NewPasswordProvided,
  failurePolicy: { action: "stop" },
  bindings: {
    "kinde.widget": {},
  },
};

/** Asks for another password, beside the field, when one is too easy to guess. */
export default async function passwordPolicy(event: onNewPasswordProvidedEvent) {
  const { auth, user } = event.context;
  const message = objection(auth.firstPassword, user.email ?? "");
  if (message) invalidateFormField("p_first_password", message);
}
