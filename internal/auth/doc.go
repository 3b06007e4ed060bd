// Package auth says who is asking and what they may do: it turns the token of a
// request into a principal, roles into permissions, and slows down addresses
// that fail to sign in. Who has which token is control's to say.
package auth
