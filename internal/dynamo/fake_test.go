package dynamo

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// refuser is a client over a table that has one environment, whose transactions
// end as its answers say, in turn; after the last they succeed. No local DynamoDB
// refuses a transaction for another one, so this stands for the one that does.
type refuser struct {
	answers []error
	tokens  []string
	writes  [][]types.TransactWriteItem
	before  func()
}

func (r *refuser) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if textOf(in.Key, SortKey) == gateKey("").sk {
		return &dynamodb.GetItemOutput{Item: item{attrSlug: str("production")}}, nil
	}
	return &dynamodb.GetItemOutput{}, nil
}

func (r *refuser) BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	return &dynamodb.BatchGetItemOutput{}, nil
}

func (r *refuser) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return &dynamodb.QueryOutput{}, nil
}

func (r *refuser) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if r.before != nil {
		r.before()
	}
	r.tokens = append(r.tokens, *in.ClientRequestToken)
	r.writes = append(r.writes, in.TransactItems)
	if n := len(r.tokens); n <= len(r.answers) {
		return &dynamodb.TransactWriteItemsOutput{}, r.answers[n-1]
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

func (r *refuser) store() *Store {
	s := New(r, "slipway")
	s.wait = patience{pause: time.Nanosecond, most: time.Nanosecond, tries: 4}
	return s
}

// cancelled is a transaction refused for these reasons, one for each item.
func cancelled(codes ...string) error {
	e := &types.TransactionCanceledException{}
	for _, c := range codes {
		e.CancellationReasons = append(e.CancellationReasons, types.CancellationReason{Code: aws.String(c)})
	}
	return &smithy.OperationError{ServiceID: "DynamoDB", OperationName: "TransactWriteItems", Err: e}
}

func api(code string, whose smithy.ErrorFault) error {
	return &smithy.OperationError{Err: &smithy.GenericAPIError{Code: code, Fault: whose}}
}

func appendOne(ctx context.Context, s *Store) error {
	_, err := s.Append(ctx, "env", slipway.Row{Number: 1, ID: "row_1"}, nil)
	return err
}

// TestPassingRefusals wants another try of the very same transaction.
func TestPassingRefusals(t *testing.T) {
	for name, answer := range map[string]error{
		"another transaction":           cancelled("None", "TransactionConflict", "None", "None", "None"),
		"beside a condition":            cancelled("TransactionConflict", "None", "ConditionalCheckFailed", "None", "None"),
		"throttled in the transaction":  cancelled("None", "None", "ThrottlingError", "None", "None"),
		"no throughput":                 cancelled("ProvisionedThroughputExceeded", "None", "None", "None", "None"),
		"throttled":                     api("ThrottlingException", smithy.FaultClient),
		"throughput of the table":       &types.ProvisionedThroughputExceededException{},
		"the same one is under way":     &types.TransactionInProgressException{},
		"an item in another's conflict": &types.TransactionConflictException{},
	} {
		t.Run(name, func(t *testing.T) {
			r := &refuser{answers: []error{answer, answer, answer}}
			if err := appendOne(t.Context(), r.store()); err != nil {
				t.Fatal(err)
			}
			if len(r.tokens) != 4 || r.tokens[0] == "" || r.tokens[3] != r.tokens[0] {
				t.Errorf("it was tried with the tokens %q, want one token four times", r.tokens)
			}
			want := "store-busy"
			if name == "beside a condition" {
				want = "ledger-moved"
			}
			r = &refuser{answers: []error{answer, answer, answer, answer}}
			if err := appendOne(t.Context(), r.store()); fault.CodeOf(err) != want {
				t.Errorf("when it does not pass: %v (%s), want %s", err, fault.CodeOf(err), want)
			}
		})
	}
}

// TestPatienceEndsWithContext ends the context while a refusal passes.
func TestPatienceEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &refuser{answers: []error{cancelled("TransactionConflict", "None", "None", "None", "None")}, before: cancel}
	s := r.store()
	s.wait.pause, s.wait.most = time.Hour, time.Hour
	if err := appendOne(ctx, s); !errors.Is(err, context.Canceled) || len(r.tokens) != 1 {
		t.Errorf("after %d tries: %v", len(r.tokens), err)
	}
}

// TestFaults wants a kind, a code and a hint for what DynamoDB says, and none of
// its words in the detail.
func TestFaults(t *testing.T) {
	for code, c := range map[string]struct {
		kind   fault.Kind
		answer error
	}{
		"store-unreachable": {fault.Unavailable, &smithy.OperationError{Err: errors.New("dial tcp: secret")}},
		"store-missing":     {fault.Unavailable, &types.ResourceNotFoundException{Message: aws.String("secret")}},
		"store-forbidden":   {fault.Unavailable, api("AccessDeniedException", smithy.FaultClient)},
		"store-refused":     {fault.Internal, api("ValidationException", smithy.FaultClient)},
	} {
		r := &refuser{answers: []error{c.answer}}
		err := appendOne(t.Context(), r.store())
		f := fault.Of(err)
		if f.Kind != c.kind || f.Code != code || f.Hint == "" || len(r.tokens) != 1 {
			t.Errorf("%v gives %s (%s), %q, after %d tries; want %s (%s)", c.answer, f.Kind, f.Code, f.Hint, len(r.tokens), c.kind, code)
		}
	}
	for name, answer := range map[string]error{
		"its own mistake": api("InternalServerError", smithy.FaultServer), "of unknown fault": api("InternalServerError", smithy.FaultUnknown),
	} {
		if err := appendOne(t.Context(), (&refuser{answers: []error{answer}}).store()); fault.CodeOf(err) != "store-unreachable" {
			t.Errorf("%s: %v (%s)", name, err, fault.CodeOf(err))
		}
	}
}

// TestFullRow counts the items of the largest row that a sync may write.
func TestFullRow(t *testing.T) {
	row := slipway.Row{Number: 1, ID: "row_1"}
	for i := range slipway.MaxFirstMarks {
		row.Changes = append(row.Changes, slipway.Change{Workflow: fmt.Sprint(i), To: fmt.Sprint("dep_", i), First: true})
	}
	r := &refuser{}
	f := slipway.Fence{Environment: "env", Sync: "sync_a", Generation: 1}
	if _, err := r.store().Append(t.Context(), "env", row, &f); err != nil {
		t.Fatal(err)
	}
	if n := len(r.writes[0]); n > maxWrites {
		t.Errorf("a row with %d marks has %d items", slipway.MaxFirstMarks, n)
	}
}

// TestLongKeys asks for what no item can be named.
func TestLongKeys(t *testing.T) {
	long := string(make([]byte, 3000))
	s := (&refuser{}).store()
	if _, err := s.Deployment(t.Context(), "env", long); !fault.Is(err, fault.NotFound) {
		t.Errorf("deployment: %v", err)
	}
	if _, err := s.Environment(t.Context(), long); !fault.Is(err, fault.NotFound) {
		t.Errorf("environment: %v", err)
	}
}
