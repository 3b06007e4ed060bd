package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets are the files that pages load, by their names for browsers: each holds a
// digest of its content, so that it may be kept for good.
type assets map[string]asset

type asset struct {
	kind string
	data []byte
}

// readAssets makes one style of all the style sheets, so that a page asks for one.
func readAssets() (assets, error) {
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	files := map[string][]byte{}
	for _, e := range entries {
		data, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read assets: %w", err)
		}
		name := e.Name()
		if path.Ext(name) == ".css" {
			name = "console.css"
		}
		files[name] = append(files[name], data...)
	}
	all := assets{}
	for name, data := range files {
		sum := sha256.Sum256(data)
		ext := path.Ext(name)
		all[strings.TrimSuffix(name, ext)+"-"+hex.EncodeToString(sum[:6])+ext] = asset{kinds[ext], data}
	}
	return all, nil
}

// address is where browsers find the asset of a file.
func (as assets) address(file string) (string, error) {
	ext := path.Ext(file)
	for name := range as {
		if strings.HasPrefix(name, strings.TrimSuffix(file, ext)+"-") && strings.HasSuffix(name, ext) {
			return Root + "/assets/" + name, nil
		}
	}
	return "", fmt.Errorf("there is no asset %q", file)
}

func (as assets) serve(w http.ResponseWriter, r *http.Request) {
	a, ok := as[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(a.data) // who asked has gone
}
