package dynamo

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/slipway-dev/slipway/internal/control"
)

// API is the part of DynamoDB's client that the store uses. There is no scan in
// it, and no write but a transaction: its token makes one write of all tries, also
// of those whose answer was lost.
type API interface {
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

var _ API = (*dynamodb.Client)(nil)

// Store is a control.Store over one table. It is safe for use by several
// goroutines, and the table by any number of processes.
type Store struct {
	api   API
	table string
	wait  patience
	known memory
}

var _ control.Store = (*Store)(nil)

// New gives the store in this table, which must be there.
func New(api API, table string) *Store {
	return &Store{api: api, table: table, wait: patience{pause: 25 * time.Millisecond, most: time.Second, tries: 10}}
}

// Table is the definition of the table that a Store uses: a key and nothing
// else, paid by request.
func Table(name string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName:   aws.String(name),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(PartitionKey), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(SortKey), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(PartitionKey), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(SortKey), KeyType: types.KeyTypeRange},
		},
	}
}

// errAbsent says that there is no item with a key.
var errAbsent = errors.New("no such item")

// get reads one item; errAbsent.
func (s *Store) get(ctx context.Context, k key) (item, error) {
	if !k.valid() {
		return nil, errAbsent
	}
	var out *dynamodb.GetItemOutput
	err := s.again(ctx, func() (err error) {
		out, err = s.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: k.item(), ConsistentRead: aws.Bool(true)})
		return err
	})
	if err == nil && len(out.Item) == 0 {
		err = errAbsent
	}
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// one reads the record at k, or fails with absent.
func one[T any](ctx context.Context, s *Store, k key, absent error) (T, error) {
	var v T
	found, err := s.get(ctx, k)
	if errors.Is(err, errAbsent) {
		return v, absent
	}
	if err != nil {
		return v, err
	}
	err = unpack(bytesOf(found, attrDoc), &v)
	return v, err
}

// span is a part of a partition: the sort keys from lo to hi, both included.
type span struct {
	pk, lo, hi string
	backwards  bool
}

// below is the span of the sort keys that begin with prefix, which ends in "#".
func below(pk, prefix string) span {
	return span{pk: pk, lo: prefix, hi: prefix[:len(prefix)-1] + "$"} // "$" comes after "#"
}

// query reads the first items of a span, in order; all if limit is 0.
func (s *Store) query(ctx context.Context, in span, limit int) ([]item, error) {
	if in.lo > in.hi {
		return nil, ctx.Err()
	}
	input := &dynamodb.QueryInput{
		TableName:                 &s.table,
		KeyConditionExpression:    aws.String(PartitionKey + " = :pk AND " + SortKey + " BETWEEN :lo AND :hi"),
		ExpressionAttributeValues: item{":pk": str(in.pk), ":lo": str(in.lo), ":hi": str(in.hi)},
		ScanIndexForward:          aws.Bool(!in.backwards),
		ConsistentRead:            aws.Bool(true),
	}
	var items []item
	for {
		if limit > 0 {
			input.Limit = aws.Int32(int32(min(limit-len(items), control.MaxPage+1)))
		}
		var out *dynamodb.QueryOutput
		if err := s.again(ctx, func() (err error) {
			out, err = s.api.Query(ctx, input)
			return err
		}); err != nil {
			return nil, err
		}
		items = append(items, out.Items...)
		if len(out.LastEvaluatedKey) == 0 || limit > 0 && len(items) >= limit {
			return items, nil
		}
		input.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// maxBatch is how many items one read takes.
const maxBatch = 100

// getAll reads the items with these keys, of which none is there twice. What is
// not stored is left out.
func (s *Store) getAll(ctx context.Context, keys []key) (map[key]item, error) {
	found := make(map[key]item, len(keys))
	left := make([]item, 0, len(keys))
	for _, k := range keys {
		if k.valid() {
			left = append(left, k.item())
		}
	}
	for len(left) > 0 {
		batch := left[:min(maxBatch, len(left))]
		left = left[len(batch):]
		var out *dynamodb.BatchGetItemOutput
		if err := s.again(ctx, func() (err error) {
			out, err = s.api.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
				s.table: {Keys: batch, ConsistentRead: aws.Bool(true)},
			}})
			if err == nil && len(out.Responses[s.table]) == 0 && len(out.UnprocessedKeys) > 0 {
				err = errNothingRead
			}
			return err
		}); err != nil {
			return nil, err
		}
		for _, i := range out.Responses[s.table] {
			found[keyOf(i)] = i
		}
		left = append(left, out.UnprocessedKeys[s.table].Keys...)
	}
	return found, nil
}
