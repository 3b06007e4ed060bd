import {
  fetch,
  WorkflowTrigger,
  type onPostAuthenticationEvent,
  type WorkflowSettings,
} from "@kinde/infrastructure";
import { required } from "../../../lib/settings";

export const workflowSettings: WorkflowSettings = {
  id: "welcome",
  name: "Welcome new people",
  trigger: WorkflowTrigger.PostAuthentication,
  // A greeting that cannot be sent keeps nobody from signing in.
  failurePolicy: { action: "continue" },
  bindings: {
    "kinde.env": {},
    "kinde.fetch": {},
    url: {},
  },
};

/** Tells the mailing service about people who sign in for the first time. */
export default async function welcome(event: onPostAuthenticationEvent) {
  const { auth, user } = event.context;
  if (!auth.isNewUserRecordCreated) return;
  await fetch(required("WELCOME_URL"), {
    method: "POST",
    headers: { authorization: `Bearer ${required("WELCOME_TOKEN")}` },
    body: new URLSearchParams({ user: user.id, connection: auth.connectionId }),
  });
}
