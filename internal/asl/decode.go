package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// How much a definition may be.
const (
	maxDefinition = 1 << 20 // bytes, as on AWS
	maxDepth      = 64      // objects and arrays in each other
)

// object is a JSON object that keeps its order.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

func (o object) get(name string) (any, bool) {
	for _, m := range o {
		if m.name == name {
			return m.value, true
		}
	}
	return nil, false
}

// names are o's, in order.
func (o object) names() []string {
	out := make([]string, 0, len(o))
	for _, m := range o {
		out = append(out, m.name)
	}
	return out
}

// errTooDeep ends a decoding.
var errTooDeep = errors.New("nested too deep")

// decodeDefinition reads JSON with its order kept; names that stand twice in an
// object are problems. false means that there is nothing to go on with.
func decodeDefinition(data []byte, p *problems) (any, bool) {
	if len(data) > maxDefinition {
		p.add("definition", "shorten it to 1 MiB", "it has %d bytes", len(data))
		return nil, false
	}
	if !utf8.Valid(data) {
		p.add("definition", "write it in UTF-8", "it is not UTF-8")
		return nil, false
	}
	if err := syntax(data); err != nil {
		line, column := position(data, err.Offset)
		p.add("definition", "write one JSON object", "line %d, column %d: %v", line, column, err)
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	r := reader{d, p}
	v, err := r.value("definition", 0)
	if err != nil {
		p.add("definition", "nest at most 64 objects and arrays", "%v", err)
		return nil, false
	}
	return v, true
}

// syntax reports where data is no JSON.
func syntax(data []byte) *json.SyntaxError {
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if at, ok := errors.AsType[*json.SyntaxError](err); ok {
		return at
	}
	return nil
}

// position turns an offset into a line and a column, both from 1.
func position(data []byte, offset int64) (line, column int) {
	before := data[:min(int(offset), len(data))]
	return bytes.Count(before, []byte("\n")) + 1, max(1, len(before)-bytes.LastIndexByte(before, '\n')-1)
}

// reader reads values token by token.
type reader struct {
	*json.Decoder
	problems *problems
}

func (r reader) value(place string, depth int) (any, error) {
	t, err := r.Token()
	if err != nil {
		return nil, err
	}
	switch {
	case t == json.Delim('{') && depth < maxDepth:
		return r.object(place, depth+1)
	case t == json.Delim('[') && depth < maxDepth:
		return r.array(place, depth+1)
	case t == json.Delim('{') || t == json.Delim('['):
		return nil, errTooDeep
	}
	return t, nil
}

func (r reader) object(place string, depth int) (any, error) {
	out := object{}
	for r.More() {
		t, err := r.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		v, err := r.value(within(place, name), depth)
		if err != nil {
			return nil, err
		}
		if _, twice := out.get(name); twice {
			r.problems.add(within(place, name), "keep one of the two", "the name stands twice in its object")
			continue
		}
		out = append(out, member{name, v})
	}
	_, err := r.Token()
	return out, err
}

func (r reader) array(place string, depth int) (any, error) {
	out := []any{}
	for r.More() {
		v, err := r.value(at(place, len(out)), depth)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := r.Token()
	return out, err
}

// decodeValue reads the JSON that states pass to each other.
func decodeValue(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

// encodeValue writes it.
func encodeValue(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// plain turns a definition's value into what states pass to each other.
func plain(v any) any {
	switch v := v.(type) {
	case object:
		out := make(map[string]any, len(v))
		for _, m := range v {
			out[m.name] = plain(m.value)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			out = append(out, plain(e))
		}
		return out
	}
	return v
}
