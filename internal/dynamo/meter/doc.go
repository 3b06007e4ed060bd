// Package meter measures what a use of the store costs, from the answers of
// DynamoDB or of an emulator: requests, read units and write units. It is for
// tests, which keep docs/table.md by it.
package meter
