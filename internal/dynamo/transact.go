package dynamo

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// maxWrites is how many items one transaction has.
const maxWrites = 100

// maxWriteBytes bounds what they hold; DynamoDB's own bound is 4 MiB.
const maxWriteBytes = 3 << 20

// errChanged is for what was written since it was read: read and decide again.
var errChanged = errors.New("an item changed meanwhile")

// write is one item of a transaction, and what to say when its condition fails.
type write struct {
	types.TransactWriteItem
	refuse func(old item) error
}

// put replaces an item.
func put(k key, attrs item) write {
	i := k.item()
	for name, v := range attrs {
		i[name] = v
	}
	return write{TransactWriteItem: types.TransactWriteItem{Put: &types.Put{Item: i}}}
}

// update changes an item, or makes it.
func update(k key, expression string, values item) write {
	return write{TransactWriteItem: types.TransactWriteItem{Update: &types.Update{
		Key: k.item(), UpdateExpression: &expression, ExpressionAttributeValues: values,
	}}}
}

// remove deletes an item, if it is there.
func remove(k key) write {
	return write{TransactWriteItem: types.TransactWriteItem{Delete: &types.Delete{Key: k.item()}}}
}

// check writes nothing; it needs a condition.
func check(k key) write {
	return write{TransactWriteItem: types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{Key: k.item()}}}
}

// when gives w under a condition; err is said when that fails.
func (w write) when(condition string, values item, err error) write {
	return w.whenSeen(condition, values, false, func(item) error { return err })
}

// whenOld is when for what must see the item that failed the condition: nil if
// there was none.
func (w write) whenOld(condition string, values item, refuse func(old item) error) write {
	return w.whenSeen(condition, values, true, refuse)
}

func (w write) whenSeen(condition string, values item, old bool, refuse func(item) error) write {
	see := types.ReturnValuesOnConditionCheckFailureNone
	if old {
		see = types.ReturnValuesOnConditionCheckFailureAllOld
	}
	w.refuse = refuse
	switch {
	case w.Put != nil:
		w.Put.ConditionExpression, w.Put.ExpressionAttributeValues, w.Put.ReturnValuesOnConditionCheckFailure = &condition, values, see
	case w.Delete != nil:
		w.Delete.ConditionExpression, w.Delete.ExpressionAttributeValues, w.Delete.ReturnValuesOnConditionCheckFailure = &condition, values, see
	case w.ConditionCheck != nil:
		c := w.ConditionCheck
		c.ConditionExpression, c.ExpressionAttributeValues, c.ReturnValuesOnConditionCheckFailure = &condition, values, see
	case w.Update != nil:
		u := w.Update
		u.ConditionExpression, u.ReturnValuesOnConditionCheckFailure = &condition, see
		for name, v := range values {
			u.ExpressionAttributeValues[name] = v
		}
	}
	return w
}

// asRead gives w under the condition that its item has the version that was read,
// 0 where there was none: else errChanged.
func (w write) asRead(version int64) write {
	if version == 0 {
		return w.when(absent, nil, errChanged)
	}
	return w.when(attrVersion+" = :was", item{":was": num(version)}, errChanged)
}

// size is about how many bytes w writes.
func (w write) size() int {
	if w.Put == nil {
		return 0
	}
	n := 0
	for _, v := range w.Put.Item {
		if b, ok := v.(*types.AttributeValueMemberB); ok {
			n += len(b.Value)
		}
	}
	return n
}

// in names the table.
func (w write) in(table string) types.TransactWriteItem {
	switch {
	case w.Put != nil:
		w.Put.TableName = &table
	case w.Delete != nil:
		w.Delete.TableName = &table
	case w.ConditionCheck != nil:
		w.ConditionCheck.TableName = &table
	case w.Update != nil:
		w.Update.TableName = &table
	}
	return w.TransactWriteItem
}

// transact does all writes or none. When conditions fail it asks each such write
// for its refusal and gives the first, so writes stand in the order of what
// matters most.
func (s *Store) transact(ctx context.Context, writes []write) error {
	items := make([]types.TransactWriteItem, len(writes))
	for i, w := range writes {
		items[i] = w.in(s.table)
	}
	// The token makes one write of every try, also of those that got no answer.
	input := &dynamodb.TransactWriteItemsInput{TransactItems: items, ClientRequestToken: aws.String(rand.Text())}
	err := s.again(ctx, func() error {
		_, err := s.api.TransactWriteItems(ctx, input)
		return err
	})
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok || len(cancelled.CancellationReasons) != len(writes) {
		return err
	}
	var refusals []error
	for i, r := range cancelled.CancellationReasons {
		if codeOf(r) == "ConditionalCheckFailed" && writes[i].refuse != nil {
			refusals = append(refusals, writes[i].refuse(r.Item))
		}
	}
	if len(refusals) == 0 {
		return err
	}
	return refusals[0]
}
