package gittest

import (
	"crypto/subtle"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Request is what the server saw of one request.
type Request struct {
	Method, Path       string
	Username, Password string // of basic authentication, if any
	Header             http.Header
}

// Server serves one repository over smart HTTP, on 127.0.0.1.
type Server struct {
	URL string // of the repository

	username string
	password string
	wrap     func(http.Handler) http.Handler
	mutex    sync.Mutex
	requests []Request
	http     *httptest.Server
}

// Option changes how a server serves.
type Option func(*Server)

// WithPassword asks for basic authentication.
func WithPassword(username, password string) Option {
	return func(s *Server) { s.username, s.password = username, password }
}

// WithWrap puts a handler between the network and Git: see Hang, DropAfter,
// RedirectTo and Status. It sees requests before the password is asked for.
func WithWrap(wrap func(http.Handler) http.Handler) Option {
	return func(s *Server) { s.wrap = wrap }
}

// Serve serves a repository at /repo.git until the test ends. It skips the test
// where git is not installed.
func Serve(t testing.TB, repo *Repo, options ...Option) *Server {
	t.Helper()
	program := backend(t)
	s := &Server{}
	for _, option := range options {
		option(s)
	}
	handler := s.guard(gitHandler(program, repo, t.TempDir()))
	if s.wrap != nil {
		handler = s.wrap(handler)
	}
	s.http = httptest.NewServer(s.record(handler))
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(s.Close)
	s.URL = s.http.URL + "/repo.git"
	return s
}

// Close ends the server and whatever it still answers.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Host is the server's host and port, to which a credential can be bound.
func (s *Server) Host() string { return strings.TrimPrefix(s.http.URL, "http://") }

// Requests are the requests so far.
func (s *Server) Requests() []Request {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Request(nil), s.requests...)
}

// backend is the path of git's CGI program.
func backend(t testing.TB) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "--exec-path").Output()
	if err != nil {
		t.Skip("this test needs the git program")
	}
	return filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
}

// gitHandler runs the program with no configuration but ours.
func gitHandler(program string, repo *Repo, home string) http.Handler {
	return http.StripPrefix("/repo.git", &cgi.Handler{
		Path:   program,
		Env:    append(isolated(home), "GIT_PROJECT_ROOT="+repo.Dir, "GIT_HTTP_EXPORT_ALL=1"),
		Stderr: io.Discard,
		Logger: log.New(io.Discard, "", 0),
	})
}

// isolated keeps the machine's configuration from the git program.
func isolated(home string) []string {
	return []string{
		"GIT_CONFIG_NOSYSTEM=1", "HOME=" + home, "XDG_CONFIG_HOME=" + home,
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}
}

func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		username, password, _ := r.BasicAuth()
		right := subtle.ConstantTimeCompare([]byte(username+":"+password), []byte(s.username+":"+s.password)) == 1
		if s.username+s.password != "" && !right {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		username, password, _ := r.BasicAuth()
		s.mutex.Lock()
		s.requests = append(s.requests, Request{
			Method: r.Method, Path: r.URL.Path, Username: username, Password: password, Header: r.Header.Clone(),
		})
		s.mutex.Unlock()
		next.ServeHTTP(w, r)
	})
}
