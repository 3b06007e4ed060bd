package check

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Discovery is what a repository holds before any of its code is read.
type Discovery struct {
	RootDir     string                  `json:"rootDir"` // from the snapshot root
	Files       []string                `json:"files"`   // from the snapshot root, sorted
	NPM         bool                    `json:"npm"`     // integrations.npm.enabled
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics,omitempty"`
}

// Discover reads kinde.json and finds the workflow files. Its error is the
// context's; a bad repository is a Discovery with diagnostics and without files.
func (c *Checker) Discover(ctx context.Context, src Source) (Discovery, error) {
	root := path.Clean("./" + src.Root)
	if root == "." {
		root = ""
	}
	tree := Tree{src.FS}
	cfg, ds, ok := readConfig(tree, root)
	if !ok {
		return Discovery{Diagnostics: ds}, nil
	}
	s := search{tree: tree, root: root, rootDir: path.Join(root, cfg.rootDir), limit: c.limits.SourceBytes}
	s.folder = path.Join(s.rootDir, workflowsDir)
	if err := s.walk(ctx); err != nil {
		return Discovery{}, err
	}
	slices.Sort(s.files)
	d := Discovery{RootDir: s.rootDir, NPM: cfg.npm, Files: s.files, Diagnostics: append(ds, s.judge(c.limits.Workflows)...)}
	if len(s.files) > c.limits.Workflows {
		d.Files = nil
	}
	return d, nil
}

// search walks a project once and sorts its files into workflows and others.
type search struct {
	tree    Tree
	root    string // of the project
	rootDir string
	folder  string // where workflows are
	limit   int64
	files   []string
	others  []string // files that may be near misses
}

func (s *search) walk(ctx context.Context) error {
	return fs.WalkDir(s.tree.FS, orDot(s.root), func(name string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return nil //nolint:nilerr // what cannot be read holds no workflow
		case entry.IsDir() && excluded(entry.Name()):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		s.sort(name)
		return nil
	})
}

func (s *search) sort(name string) {
	switch {
	case s.inside(name) && isWorkflowName(name):
		s.files = append(s.files, name)
	case looksLikeCode(name):
		s.others = append(s.others, name)
	}
}

func (s *search) inside(name string) bool { return strings.HasPrefix(name, s.folder+"/") }

// isWorkflowName matches *Workflow.ts and *Workflow.js in any letter case.
func isWorkflowName(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasSuffix(base, "workflow.ts") || strings.HasSuffix(base, "workflow.js")
}

func looksLikeCode(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs":
		return true
	}
	return false
}

func (s *search) judge(limit int) []diagnostic.Diagnostic {
	if len(s.files) > limit {
		return []diagnostic.Diagnostic{diagnostic.New(diagnostic.TooManyWorkflows, s.folder,
			fmt.Sprintf("there are %d workflows; at most %d are allowed", len(s.files), limit), "divide them among several environments")}
	}
	near := s.nearMisses()
	if len(s.files) > 0 {
		return near
	}
	return append([]diagnostic.Diagnostic{s.nothing(near)}, near...)
}

func (s *search) nothing(near []diagnostic.Diagnostic) diagnostic.Diagnostic {
	hint := "put files named *Workflow.ts into " + s.folder
	if len(near) > 0 {
		var names []string
		for _, d := range near {
			if d.Path != "" {
				names = append(names, d.Path)
			}
		}
		hint = "these come near: " + strings.Join(names[:min(len(names), 5)], ", ")
	} else if other := s.likelyRootDir(); other != "" {
		hint = "the folder " + other + " exists: set rootDir in kinde.json to it"
	}
	message := "no workflow was found: no file matches " + s.folder + "/**/*Workflow.ts or .js"
	if len(s.tree.Names(s.folder)) == 0 {
		message += "; the folder " + s.folder + " does not exist"
	}
	return diagnostic.New(diagnostic.NoWorkflows, path.Join(s.root, configName), message, hint)
}

// likelyRootDir returns a folder beside rootDir whose name comes near to it.
func (s *search) likelyRootDir() string {
	if len(s.tree.Names(orDot(s.rootDir))) > 0 {
		return ""
	}
	return nearestName(path.Base(s.rootDir), s.tree.Names(path.Dir(s.rootDir)))
}
