// Package meter measures what a use of the store costs, from the answers of
// DynamoDB or of an emulator. It is for tests.
package meter
