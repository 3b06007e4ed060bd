package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
)

// configuration is the operator's own file, config.json in the data folder:
// JSON with comments. Secrets themselves are in files or in the environment.
type configuration struct {
	Credentials map[string]credential `json:"credentials"`
}

// credential is what to send to one Git host.
type credential struct {
	Host         string `json:"host"`
	Username     string `json:"username"`
	PasswordFile string `json:"passwordFile"`
	PasswordEnv  string `json:"passwordEnv"`
}

// operatorFile gives the credentials of the operator's file. It is read when a
// credential is asked for: a bad file or a missing secret keeps nobody from
// rolling back.
type operatorFile struct {
	path   string
	getenv func(string) string
}

var _ gitremote.Credentials = operatorFile{}

// Credential reads one by its name. NotFound ("unknown-credential"); Invalid
// ("bad-configuration", "bad-credential").
func (o operatorFile) Credential(_ context.Context, name string) (gitremote.Credential, error) {
	c, err := o.read()
	if err != nil {
		return gitremote.Credential{}, err
	}
	entry, ok := c.Credentials[name]
	if !ok {
		f := fault.New(fault.NotFound, "unknown-credential", "there is no credential %q in %s", name, o.path)
		return gitremote.Credential{}, f.WithHint("add it there as in %s, or name another", configurationExample)
	}
	password, err := entry.password(name, o.getenv)
	if err != nil {
		return gitremote.Credential{}, err
	}
	return gitremote.Credential{Host: entry.Host, Username: entry.Username, Password: password}, nil
}

const configurationExample = `{"credentials": {"forge": {"host": "git.example.com", "username": "ci", "passwordEnv": "FORGE_TOKEN"}}}`

func (o operatorFile) read() (c configuration, err error) {
	data, err := os.ReadFile(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return configuration{}, nil
	}
	bad := fault.New(fault.Invalid, "bad-configuration", "the configuration %s cannot be read", o.path).
		WithHint("it is JSON such as %s", configurationExample)
	if err != nil {
		return configuration{}, bad
	}
	if data, err = hujson.Standardize(data); err != nil {
		return configuration{}, bad
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return configuration{}, bad
	}
	return c, nil
}

func (c credential) password(name string, getenv func(string) string) (string, error) {
	bad := fault.New(fault.Invalid, "bad-credential", "credential %q has no usable host and password", name).
		WithHint("give it a host, and one of passwordFile and passwordEnv that can be read and is not empty")
	var password string
	switch {
	case c.Host == "" || (c.PasswordFile == "") == (c.PasswordEnv == ""):
		return "", bad
	case c.PasswordEnv != "":
		password = getenv(c.PasswordEnv)
	default:
		data, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return "", bad
		}
		password = strings.TrimSpace(string(data))
	}
	if password == "" {
		return "", bad
	}
	return password, nil
}
