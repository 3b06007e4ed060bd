// Package auth says who is asking and what they may do: tokens to principals,
// roles to permissions, and how often an address may fail to sign in.
package auth
