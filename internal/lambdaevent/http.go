package lambdaevent

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// serve gives a request of payload 2.0 to the handler, and its answer as Lambda
// takes it.
func (f Function) serve(ctx context.Context, payload []byte) ([]byte, error) {
	var e events.APIGatewayV2HTTPRequest
	w := newAnswer()
	r, err := request(ctx, payload, &e)
	if err != nil {
		http.Error(w, "the request did not arrive whole", http.StatusBadRequest)
	} else {
		f.HTTP.ServeHTTP(w, r)
	}
	method := e.RequestContext.HTTP.Method
	data, err := w.encode(method)
	if err == nil && len(data) > maxAnswer {
		f.Log.WarnContext(ctx, "answer too large", "method", method, "path", e.RawPath, "status", w.status, "bytes", len(data))
		return w.tooLarge(method).encode(method)
	}
	return data, err
}

// request is an event as net/http has it. Path and query stay escaped as they
// came, and the address is the one that API Gateway saw, whatever headers say.
func request(ctx context.Context, payload []byte, e *events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	if err := json.Unmarshal(payload, e); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, fmt.Errorf("read body: %w", err)
		}
	}
	u := target(e)
	r := &http.Request{
		Method: e.RequestContext.HTTP.Method, URL: u, RequestURI: u.RequestURI(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Host: e.RequestContext.DomainName, RemoteAddr: net.JoinHostPort(e.RequestContext.HTTP.SourceIP, "0"),
		Body: http.NoBody, ContentLength: int64(len(body)),
	}
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	r.Header.Del("Host")
	return r.WithContext(ctx), nil
}

// target is the path without the stage, which API Gateway puts before it unless
// the stage is the default one.
func target(e *events.APIGatewayV2HTTPRequest) *url.URL {
	raw := e.RawPath
	if stage := e.RequestContext.Stage; stage != "" && stage != "$default" {
		if rest, ok := strings.CutPrefix(raw, "/"+stage); ok && (rest == "" || rest[0] == '/') {
			raw = rest
		}
	}
	if raw == "" {
		raw = "/"
	}
	path, err := url.PathUnescape(raw)
	if err != nil { // it came unescaped
		path = raw
	}
	return &url.URL{Path: path, RawPath: raw, RawQuery: e.RawQueryString}
}
