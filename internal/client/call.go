package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// How long one try may take. A prune reads every record.
const (
	readTime  = time.Minute
	writeTime = 2 * time.Minute
	pruneTime = 30 * time.Minute
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

// call is one operation: method and path, and what goes with them.
type call struct {
	method string
	path   []string // segments behind /v1, not yet escaped
	query  url.Values
	body   any
	key    string        // of a write
	saw    *int64        // the release that whoever asks has seen
	within time.Duration // of one try
	seen   string        // the ETag of an answer that the caller has
	etag   string        // that of the answer
}

func get(path ...string) call {
	return call{method: http.MethodGet, path: path, within: readTime, query: url.Values{}}
}

// write is a call that changes something, under the request's key or one of its own.
func write(method string, r control.Request, body any, path ...string) call {
	key := r.Key
	if key == "" {
		key = rand.Text()
	}
	return call{method: method, path: path, within: writeTime, query: url.Values{}, body: body, key: key, saw: r.Seen}
}

// with adds a part of the query that is not empty.
func (q call) with(name, value string) call {
	if value != "" {
		q.query.Set(name, value)
	}
	return q
}

// errNotModified says that the answer is the one that the caller has.
var errNotModified = errors.New("not modified")

// do carries a call out, again where that may help, and decodes its answer.
func (c *Client) do(ctx context.Context, q *call, into any) error {
	body, target, err := c.prepare(q)
	if err != nil {
		return err
	}
	var p patience
	for {
		err := c.try(ctx, q, target, body, into)
		if err == nil || errors.Is(err, errNotModified) {
			return err
		}
		if ctx.Err() != nil {
			return stopped(ctx, q)
		}
		wait, again := p.again(err)
		if !again {
			return err
		}
		if c.pause(ctx, wait) != nil {
			return stopped(ctx, q)
		}
	}
}

// prepare encodes the body and makes the address. A segment that would lead
// elsewhere names nothing.
func (c *Client) prepare(q *call) (body []byte, target string, err error) {
	if q.body != nil {
		if body, err = json.Marshal(q.body); err != nil {
			return nil, "", fmt.Errorf("encode request: %w", err)
		}
	}
	target = c.base.String() + "/v1"
	for _, segment := range q.path {
		if segment == "" || segment == "." || segment == ".." {
			return nil, "", fault.New(fault.Invalid, "bad-name", "%q names nothing", segment).WithHint("give a name or an id")
		}
		target += "/" + url.PathEscape(segment)
	}
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	return body, target, nil
}

// try asks once.
func (c *Client) try(ctx context.Context, q *call, target string, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(ctx, q.within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, q.method, target, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json, application/problem+json")
	req.Header.Set("User-Agent", c.agent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if q.key != "" {
		req.Header.Set("Idempotency-Key", q.key)
	}
	if q.saw != nil {
		req.Header.Set("If-Match", strconv.Quote(strconv.FormatInt(*q.saw, 10)))
	}
	if q.seen != "" {
		req.Header.Set("If-None-Match", q.seen)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return c.unreached(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusNotModified && q.seen != "" {
		return errNotModified
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil || len(data) > maxAnswer {
		return c.unreached(errors.Join(err, io.ErrUnexpectedEOF))
	}
	q.etag = res.Header.Get("ETag")
	return c.read(res, data, into)
}
