package console

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates by name. layout.html frames each, parts.html has what
// several use.
type pages map[string]*template.Template

func readPages(c *console) (pages, error) {
	base, err := template.New("layout.html").Funcs(c.functions()).Option("missingkey=error").ParseFS(pageFiles, "pages/layout.html", "pages/parts.html")
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	entries, err := pageFiles.ReadDir("pages")
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	all := pages{}
	for _, e := range entries {
		if e.Name() == "layout.html" || e.Name() == "parts.html" {
			continue
		}
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(pageFiles, "pages/"+e.Name())
		}
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", e.Name(), err)
		}
		all[strings.TrimSuffix(e.Name(), ".html")] = t
	}
	return all, nil
}

func (p pages) write(w io.Writer, name string, f frame) error {
	t, ok := p[name]
	if !ok {
		return fmt.Errorf("there is no page %q", name)
	}
	if err := t.ExecuteTemplate(w, "layout.html", f); err != nil {
		return fmt.Errorf("write page %s: %w", name, err)
	}
	return nil
}
