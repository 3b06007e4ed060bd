package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// translate gives err, met while doing op, as the ports speak of it: DynamoDB's
// own words stay inside, as the cause.
func (s *Store) translate(ctx context.Context, op string, err error) error {
	return control.StoreError(ctx, op, err, s.faultOf)
}

// faultOf is the fault for what is neither a fault nor the end of a context. No
// answer at all may mean that a write happened, so it is Unavailable.
func (s *Store) faultOf(err error) error {
	if passes(err) || errors.Is(err, errChanged) || errors.Is(err, errPruned) {
		return fault.Wrap(err, fault.Unavailable, "store-busy", "the table %s is busy", s.table).
			WithHint("ask again in a moment")
	}
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); ok {
		return fault.Wrap(err, fault.Unavailable, "store-missing", "there is no table %s", s.table).
			WithHint("deploy the stack that makes it, and look at the region and the account")
	}
	e, ok := errors.AsType[smithy.APIError](err)
	if !ok || e.ErrorFault() == smithy.FaultServer {
		return fault.Wrap(err, fault.Unavailable, "store-unreachable", "the table %s did not answer", s.table).
			WithHint("ask again in a moment; if it stays so, look at the network and at AWS's health page")
	}
	switch e.ErrorCode() {
	case "AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException", "InvalidSignatureException", "MissingAuthenticationToken":
		return fault.Wrap(err, fault.Unavailable, "store-forbidden", "the table %s may not be used with these credentials", s.table).
			WithHint("give the role that runs Slipway the rights that docs/table.md lists")
	case "InternalServerError", "ServiceUnavailable":
		return fault.Wrap(err, fault.Unavailable, "store-unreachable", "the table %s did not answer", s.table).
			WithHint("ask again in a moment")
	}
	return fault.Wrap(err, fault.Internal, "store-refused", "the store refused a request").
		WithHint("this is a mistake in Slipway; report it with the log of this moment")
}
