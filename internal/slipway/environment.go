package slipway

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Environment is where workflows live: one branch of one repository. Its ID is
// never used again, even when its slug is; keys and row ids hold the ID.
type Environment struct {
	ID         string     `json:"id"`
	Slug       string     `json:"slug"`
	Repository Repository `json:"repository"`
	Triggers   []string   `json:"triggers,omitempty"` // triggers beyond the built-in catalogue
	// PollSeconds is how often the clock asks for the branch's tip: 0 for never,
	// nil for DefaultPoll.
	PollSeconds *int `json:"pollSeconds,omitempty"`

	Version   int64     `json:"version"` // of this configuration, from 1
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy Actor     `json:"createdBy"`
	ChangedAt time.Time `json:"changedAt,omitzero"` // when Version became what it is, zero for the first
	ChangedBy Actor     `json:"changedBy,omitzero"`
}

// Equal reports whether e and f are configured alike.
func (e Environment) Equal(f Environment) bool {
	return e.Repository == f.Repository && slices.Equal(e.Triggers, f.Triggers) && e.PollEvery() == f.PollEvery()
}

// Repository says where an environment's code is. Credential names an entry of
// the operator's configuration; the credential itself is never here.
type Repository struct {
	URL        string `json:"url"`
	Branch     string `json:"branch"`
	Root       string `json:"root,omitempty"` // sub-directory that is the project root, slash-separated
	Credential string `json:"credential,omitempty"`
}

// MaxID is the longest id of an environment or a workflow, in bytes.
const MaxID = 128

// triggerPattern is what a trigger beyond the catalogue may be called.
var triggerPattern = regexp.MustCompile(`^[\x21-\x7e]{1,128}$`)

var slugPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$`)

// Validate refuses an environment whose slug, repository or root cannot be.
func (e Environment) Validate() error {
	switch {
	case e.ID == "":
		return fault.New(fault.Internal, "bad-environment", "an environment needs an id")
	case !slugPattern.MatchString(e.Slug):
		return fault.New(fault.Invalid, "bad-environment-name", "%q cannot name an environment", e.Slug).
			WithHint("use 1 to 64 of a-z, 0-9, '-', '_' and '.', with a letter or digit first and last, such as production")
	}
	for _, t := range e.Triggers {
		if !triggerPattern.MatchString(t) {
			return fault.New(fault.Invalid, "bad-trigger-name", "%q cannot name a trigger", t).
				WithHint("use at most %d visible ASCII characters, such as user:signed_out", MaxID)
		}
	}
	return errors.Join(e.ValidatePoll(), e.Repository.Validate())
}

// Validate refuses a repository without a URL or with a root outside of it.
func (r Repository) Validate() error {
	if strings.TrimSpace(r.URL) == "" {
		return fault.New(fault.Invalid, "bad-repository", "a repository needs a URL or a path")
	}
	if _, err := CleanRoot(r.Root); err != nil {
		return err
	}
	return nil
}

// CleanRoot gives root in its one spelling: slash-separated, relative, "" for
// the top. It refuses one that leaves the repository.
func CleanRoot(root string) (string, error) {
	c := path.Clean("/" + strings.ReplaceAll(root, `\`, "/"))[1:]
	for part := range strings.SplitSeq(strings.ReplaceAll(root, `\`, "/"), "/") {
		if part == ".." {
			return "", fault.New(fault.Invalid, "bad-root", "the sub-directory %q leaves the repository", root).
				WithHint("name a folder inside the repository, such as apps/login")
		}
	}
	return c, nil
}
