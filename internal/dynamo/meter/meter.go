package meter

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Client is a client that adds up what its calls consume. It is for one goroutine
// at a time.
type Client struct {
	*dynamodb.Client
	Reads, Transactions int
	Read, Write         float64
	// Replayed says that a transaction was tried again, since ever: the answer to a
	// second try is what reading would cost.
	Replayed bool
}

// Reset begins to count anew.
func (m *Client) Reset() { m.Reads, m.Transactions, m.Read, m.Write = 0, 0, 0, 0 }

// Requests is how many there were of both kinds.
func (m *Client) Requests() int { return m.Reads + m.Transactions }

// GetItem is the client's, and counted.
func (m *Client) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.GetItem(ctx, in, o...)
	if err == nil {
		m.Reads++
		m.Read += *out.ConsumedCapacity.CapacityUnits
	}
	return out, err
}

// BatchGetItem is the client's, and counted.
func (m *Client) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.BatchGetItem(ctx, in, o...)
	if err == nil {
		m.Reads++
		m.Read += sum(out.ConsumedCapacity)
	}
	return out, err
}

// Query is the client's, and counted.
func (m *Client) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.Query(ctx, in, o...)
	if err == nil {
		m.Reads++
		m.Read += *out.ConsumedCapacity.CapacityUnits
	}
	return out, err
}

// TransactWriteItems is the client's, and counted.
func (m *Client) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.TransactWriteItems(ctx, in, o...)
	if err == nil {
		m.Transactions++
		m.Write += sum(out.ConsumedCapacity)
		tries, ok := retry.GetAttemptResults(out.ResultMetadata)
		m.Replayed = m.Replayed || ok && len(tries.Results) > 1
	}
	return out, err
}

func sum(consumed []types.ConsumedCapacity) (units float64) {
	for _, c := range consumed {
		units += *c.CapacityUnits
	}
	return units
}
