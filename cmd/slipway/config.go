package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
)

// configuration is the operator's own file, config.json in the data folder:
// JSON with comments. Secrets themselves are in files or in the environment.
type configuration struct {
	Credentials map[string]credential `json:"credentials"`
	Serve       map[string]any        `json:"serve"` // settings of serve, see serveSettings
}

func configPath(dir string) string { return filepath.Join(dir, "config.json") }

// credential is what to send to one Git host: a password over https, or a
// private key over ssh, which also takes the host's own keys.
type credential struct {
	Host           string   `json:"host"`
	Username       string   `json:"username"`
	PasswordFile   string   `json:"passwordFile"`
	PasswordEnv    string   `json:"passwordEnv"`
	PrivateKeyFile string   `json:"privateKeyFile"`
	PassphraseFile string   `json:"passphraseFile"`
	PassphraseEnv  string   `json:"passphraseEnv"`
	KnownHostsFile string   `json:"knownHostsFile"`
	KnownHosts     []string `json:"knownHosts"`
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
	if problem := entry.problem(); problem != "" {
		return gitremote.Credential{}, badCredential(name, "%s", problem).WithHint("write it as in %s or %s", configurationExample, keyExample)
	}
	return o.filled(name, entry)
}

// filled reads what an entry refers to.
func (o operatorFile) filled(name string, entry credential) (gitremote.Credential, error) {
	c := gitremote.Credential{Host: entry.Host, Username: entry.Username}
	var err error
	if entry.PrivateKeyFile == "" {
		c.Password, err = o.secret(name, "password", entry.PasswordFile, entry.PasswordEnv)
		return c, err
	}
	if c.PrivateKey, err = readFile(name, "private key", entry.PrivateKeyFile); err != nil {
		return gitremote.Credential{}, err
	}
	if entry.PassphraseFile+entry.PassphraseEnv != "" {
		if c.Passphrase, err = o.secret(name, "passphrase", entry.PassphraseFile, entry.PassphraseEnv); err != nil {
			return gitremote.Credential{}, err
		}
	}
	if entry.KnownHostsFile == "" {
		c.KnownHosts, c.KnownIn = []byte(strings.Join(entry.KnownHosts, "\n")), fmt.Sprintf("knownHosts of credential %q in %s", name, o.path)
		return c, nil
	}
	c.KnownIn = entry.KnownHostsFile
	if c.KnownHosts, err = readFile(name, "known hosts", entry.KnownHostsFile); err != nil {
		return gitremote.Credential{}, err
	}
	return c, nil
}

const configurationExample = `{"credentials": {"forge": {"host": "git.example.com", "username": "ci", "passwordEnv": "FORGE_TOKEN"}}}`

const keyExample = `{"credentials": {"forge": {"host": "git.example.com", "privateKeyFile": "/etc/slipway/key", "knownHostsFile": "/etc/slipway/known_hosts"}}}`

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

// problem says what an entry has wrong, "" for nothing. It looks at no file.
func (c credential) problem() string {
	count := func(values ...string) int {
		return len(values) - len(slices.DeleteFunc(values, func(v string) bool { return v != "" }))
	}
	inline := strings.Join(c.KnownHosts, "")
	switch {
	case c.Host == "":
		return "it names no host"
	case count(c.PasswordFile, c.PasswordEnv, c.PrivateKeyFile) != 1:
		return "it takes one of passwordFile, passwordEnv and privateKeyFile"
	case c.PrivateKeyFile == "" && count(c.PassphraseFile, c.PassphraseEnv, c.KnownHostsFile, inline) != 0:
		return "passphrases and known hosts go with privateKeyFile alone"
	case count(c.PassphraseFile, c.PassphraseEnv) > 1:
		return "it takes one of passphraseFile and passphraseEnv"
	case c.PrivateKeyFile != "" && count(c.KnownHostsFile, inline) != 1:
		return "a private key takes one of knownHostsFile and knownHosts, the host's own keys"
	}
	return ""
}

// secret reads a password or a passphrase from a file or the environment.
func (o operatorFile) secret(name, what, file, env string) (string, error) {
	if env != "" {
		if value := o.getenv(env); value != "" {
			return value, nil
		}
		return "", badCredential(name, "the environment has no %s", clean(env)).WithHint("set it to the %s", what)
	}
	data, err := readFile(name, what, file)
	if err != nil {
		return "", err
	}
	value := strings.TrimRight(string(data), "\r\n")
	if what == "password" {
		value = strings.TrimSpace(value)
	}
	if value == "" {
		return "", badCredential(name, "the %s file %s is empty", what, clean(file)).WithHint("write the %s into it", what)
	}
	return value, nil
}

func readFile(name, what, file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	switch {
	case err == nil:
		return data, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, badCredential(name, "the %s file %s does not exist", what, clean(file)).WithHint("make it, or name another")
	}
	return nil, badCredential(name, "the %s file %s cannot be read", what, clean(file)).WithHint("let this user read it")
}

func badCredential(name, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, "bad-credential", "credential %q cannot be used: %s", name, fmt.Sprintf(format, args...))
}
