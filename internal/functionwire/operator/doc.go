// Package operator reads what the operator keeps in Secrets Manager: the
// credentials of Git hosts, and the first token. It makes the reader of
// repositories that uses them. Secrets are remembered for a minute and are in no
// fault and no log.
package operator
