package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/slipway-dev/slipway/internal/client"
	"github.com/slipway-dev/slipway/internal/fault"
)

// serverFlags name a server to work on, in place of the store in a folder. The
// token itself is never an argument: others on the machine can read those.
type serverFlags struct {
	Server    string `help:"Work on the Slipway server at this address, in place of a store in a folder. Default: $$SLIPWAY_SERVER. The token is $$SLIPWAY_TOKEN, or in --token-file." placeholder:"URL"`
	TokenFile string `help:"With --server: the file that has the token." placeholder:"FILE" type:"path"`
	CAFile    string `help:"With --server: authorities to trust beside the system's, as PEM. Default: $$SLIPWAY_CA_FILE." name:"ca-file" placeholder:"FILE" type:"path"`
}

var _ operations = (*client.Client)(nil)

// settle decides where the command works: where the arguments say, else where
// the environment does, and there a server goes before a folder.
func (s *session) settle() error {
	c := s.cli
	if c.Data != "" && c.Server != "" {
		return errors.New("--data and --server: a command works on one of them")
	}
	if c.Data == "" && c.Server == "" {
		c.Server = s.getenv("SLIPWAY_SERVER")
		if data := s.getenv("SLIPWAY_DATA"); c.Server == "" && data != "" {
			c.Data = kong.ExpandPath(data)
		}
	}
	return nil
}

// connect makes the client of the server that was named.
func (s *session) connect() (*client.Client, error) {
	token, err := s.token()
	if err != nil {
		return nil, err
	}
	file := s.cli.CAFile
	if file == "" {
		file = s.getenv("SLIPWAY_CA_FILE")
	}
	var authorities []byte
	if file != "" {
		if authorities, err = os.ReadFile(file); err != nil {
			return nil, unreadable(err, "bad-authorities", "the file of authorities", file)
		}
	}
	c, err := client.New(client.Options{
		Address: s.cli.Server, Token: token, Authorities: authorities, Insecure: s.getenv("SLIPWAY_INSECURE") == "1",
		UserAgent: "slipway/" + version().Version, Progress: s.newProgress(),
	})
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, c.Close)
	return c, nil
}

// token reads the token from its file, if one was named, else from the
// environment.
func (s *session) token() (string, error) {
	if s.cli.TokenFile == "" {
		return strings.TrimSpace(s.getenv("SLIPWAY_TOKEN")), nil
	}
	data, err := os.ReadFile(s.cli.TokenFile)
	if err != nil {
		return "", unreadable(err, "bad-token", "the token's file", s.cli.TokenFile)
	}
	return strings.TrimSpace(string(data)), nil
}

func unreadable(err error, code, what, file string) error {
	f := fault.Wrap(err, fault.Invalid, code, "%s %s cannot be read", what, file)
	if errors.Is(err, fs.ErrNotExist) {
		return f.WithHint("it does not exist; name another")
	}
	return f.WithHint("let this user read it, or name another")
}

// onlyLocal refuses a command that works on a store in a folder alone.
func (s *session) onlyLocal(command, instead string) error {
	if s.cli.Server == "" {
		return nil
	}
	return fault.New(fault.Invalid, "not-over-http", "%s works on a store in a folder, not on a server", command).
		WithHint("%s; for a store on this machine name its folder with --data DIR", instead)
}

// where are the flags that make a printed command work where this one does.
func (s *session) where() []string {
	if s.cli.Server == "" {
		return flagWords("--data", s.cli.Data)
	}
	return flagWords("--server", s.cli.Server, "--token-file", s.cli.TokenFile, "--ca-file", s.cli.CAFile)
}
