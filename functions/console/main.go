// The function console answers a browser: a page that says where the API is, and
// how to use it. It asks nobody anything, so it links none of what the others
// share.
package main

import (
	_ "embed"
	"log/slog"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

//go:embed page.html
var page []byte

func main() {
	lambda.Start(lambdaevent.Function{HTTP: pages(), Log: slog.New(slog.NewJSONHandler(os.Stderr, nil))})
}

func pages() http.Handler {
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /{$}", "GET /console"} {
		mux.HandleFunc(pattern, show)
	}
	return mux
}

// show writes the page, which runs nothing and loads nothing.
func show(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "max-age=300")
	_, _ = w.Write(page) // it is kept in memory
}
