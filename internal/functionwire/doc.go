// Package functionwire is what the functions share: their settings from the
// environment, the table and the bucket, a log of JSON lines, and the start of
// Lambda's runtime. What only some may link is in folders of its own: launch
// starts executions and invokes functions, operator reads the operator's secrets
// and repositories. What links neither stays small and fast to start.
package functionwire
