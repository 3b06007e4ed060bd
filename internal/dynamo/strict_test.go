package dynamo

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// strict is a client that lets through only what the store promises to ask:
// look-ups and queries, strongly consistent, of no more than one answer holds,
// and transactions with a token.
type strict struct {
	API
	t *testing.T
}

func (s *strict) ask(ok bool, what string) {
	if !ok {
		s.t.Errorf("asked for %s", what)
	}
}

func (s *strict) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	s.ask(aws.ToBool(in.ConsistentRead), "an item as it may have been")
	return s.API.GetItem(ctx, in, o...)
}

func (s *strict) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	for _, keys := range in.RequestItems {
		s.ask(aws.ToBool(keys.ConsistentRead), "items as they may have been")
		s.ask(len(keys.Keys) <= 100, "more than 100 items")
	}
	return s.API.BatchGetItem(ctx, in, o...)
}

func (s *strict) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	s.ask(aws.ToBool(in.ConsistentRead) && in.IndexName == nil, "a list as it may have been")
	s.ask(strings.HasPrefix(aws.ToString(in.KeyConditionExpression), PartitionKey+" = "), "more than one partition")
	s.ask(in.FilterExpression == nil, "items to be read and left out")
	return s.API.Query(ctx, in, o...)
}

func (s *strict) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	s.ask(len(in.TransactItems) <= 100, "more than 100 writes")
	s.ask(aws.ToString(in.ClientRequestToken) != "", "a transaction without a token")
	return s.API.TransactWriteItems(ctx, in, o...)
}
