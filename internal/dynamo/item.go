package dynamo

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/slipway-dev/slipway/internal/fault"
)

// item is one item of the table, or the values of an expression.
type item = map[string]types.AttributeValue

func textOf(i item, attr string) string {
	if v, ok := i[attr].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

func bytesOf(i item, attr string) []byte {
	if v, ok := i[attr].(*types.AttributeValueMemberB); ok {
		return v.Value
	}
	return nil
}

// numberOf is 0 where there is none.
func numberOf(i item, attr string) int64 {
	if v, ok := i[attr].(*types.AttributeValueMemberN); ok {
		if n, err := strconv.ParseInt(v.Value, 10, 64); err == nil {
			return n
		}
	}
	return 0
}

func textsOf(i item, attr string) []string {
	var texts []string
	if v, ok := i[attr].(*types.AttributeValueMemberL); ok {
		for _, e := range v.Value {
			if s, ok := e.(*types.AttributeValueMemberS); ok {
				texts = append(texts, s.Value)
			}
		}
	}
	return texts
}

func texts(list []string) types.AttributeValue {
	values := make([]types.AttributeValue, len(list))
	for i, s := range list {
		values[i] = str(s)
	}
	return &types.AttributeValueMemberL{Value: values}
}

func has(i item, attr string) bool { return i[attr] != nil }

// maxItem keeps a packed record, its keys and its other attributes under the
// 400 KiB that an item may have.
const maxItem = 390 << 10

// maxText bounds what unpack makes of a record.
const maxText = 64 << 20

// packed is how records are stored: the first byte names the form, which is
// compressed JSON, so that a later form can stand beside it.
const packed = 1

// pack gives a record's stored form.
func pack(v any) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte(packed)
	w, err := flate.NewWriter(&buf, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress record: %w", err)
	}
	if err := errors.Join(json.NewEncoder(w).Encode(v), w.Close()); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "bad-record", "a record cannot be written as JSON")
	}
	return buf.Bytes(), nil
}

// packFit is pack for a record that must fit into one item.
func packFit(v any) ([]byte, error) {
	data, err := pack(v)
	if err == nil && len(data) > maxItem {
		return nil, fault.New(fault.Invalid, "record-too-large", "a record would take %d KiB; the store holds %d KiB", len(data)>>10, maxItem>>10).
			WithHint("long messages, paths and names take the room")
	}
	return data, err
}

// unpack reads what pack gave.
func unpack(data []byte, v any) error {
	if len(data) == 0 || data[0] != packed {
		return unreadable(errors.New("a record has no form that is known"))
	}
	r := io.LimitReader(flate.NewReader(bytes.NewReader(data[1:])), maxText)
	if err := json.NewDecoder(r).Decode(v); err != nil {
		return unreadable(err)
	}
	return nil
}

func unreadable(cause error) error {
	return fault.Wrap(cause, fault.Internal, "store-corrupt", "a record of the store cannot be read").
		WithHint("a newer Slipway may have written it; if not, put back the table as it was at a point in time")
}
