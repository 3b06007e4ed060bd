// Package dynamo is the store of a deployment on AWS: every port of control.Store
// over one DynamoDB table. docs/table.md has its keys and what each access costs.
//
// What must hold together is one transaction with conditions. Every access is a
// key look-up or a query of one partition, strongly consistent: the lists are
// items of their own, written with what they lead to, so a list is as true as a
// look-up. What DynamoDB says of itself is translated to faults in fault.go.
package dynamo
