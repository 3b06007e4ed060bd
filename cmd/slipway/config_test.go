package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const operatorSecret = "0perat0rs-secret"

// operator writes files into a folder, config.json among them; DIR in a text is
// the folder.
func operator(t *testing.T, files map[string]string) operatorFile {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, "DIR", dir)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return operatorFile{filepath.Join(dir, "config.json"), func(name string) string {
		return map[string]string{"TOKEN": operatorSecret, "PHRASE": " " + operatorSecret + " "}[name]
	}}
}

func TestCredentialsOfTheOperatorsFile(t *testing.T) {
	files := func(entry string) map[string]string {
		return map[string]string{
			"config.json": `{"credentials": {/* ours */ "forge": {` + entry + `},}}`,
			"token":       operatorSecret + "\n", "phrase": " " + operatorSecret + " \n", "key": "KEY", "hosts": "HOSTS", "empty": "\n",
		}
	}
	const host, key = `"host": "h", "username": "u"`, `"host": "h", "privateKeyFile": "DIR/key"`
	known := gitremote.Credential{Host: "h", PrivateKey: []byte("KEY"), KnownHosts: []byte("HOSTS"), KnownIn: "DIR/hosts"}
	locked, inline := known, known
	locked.Passphrase = " " + operatorSecret + " "
	inline.KnownHosts, inline.KnownIn = []byte("one\ntwo"), `knownHosts of credential "forge" in DIR/config.json`
	token := gitremote.Credential{Host: "h", Username: "u", Password: operatorSecret}
	for _, c := range []struct {
		entry string
		want  gitremote.Credential
		code  string
	}{
		{host + `, "passwordEnv": "TOKEN"`, token, ""},
		{host + `, "passwordFile": "DIR/token"`, token, ""},
		{key + `, "knownHostsFile": "DIR/hosts"`, known, ""},
		{key + `, "knownHosts": ["one", "two"]`, inline, ""},
		{key + `, "knownHostsFile": "DIR/hosts", "passphraseEnv": "PHRASE"`, locked, ""},
		{key + `, "knownHostsFile": "DIR/hosts", "passphraseFile": "DIR/phrase"`, locked, ""},
		{``, known, "bad-credential"},
		{host, known, "bad-credential"},
		{`"passwordEnv": "TOKEN"`, known, "bad-credential"},
		{host + `, "passwordEnv": "TOKEN", "passwordFile": "DIR/token"`, known, "bad-credential"},
		{host + `, "passwordEnv": "UNSET"`, known, "bad-credential"},
		{host + `, "passwordFile": "DIR/empty"`, known, "bad-credential"},
		{host + `, "passwordFile": "DIR/nothing"`, known, "bad-credential"},
		{host + `, "passwordFile": "DIR"`, known, "bad-credential"},
		{host + `, "passwordEnv": "TOKEN", "knownHostsFile": "DIR/hosts"`, known, "bad-credential"},
		{host + `, "passwordEnv": "TOKEN", "passphraseEnv": "PHRASE"`, known, "bad-credential"},
		{key, known, "bad-credential"},
		{key + `, "passwordEnv": "TOKEN", "knownHostsFile": "DIR/hosts"`, known, "bad-credential"},
		{key + `, "knownHostsFile": "DIR/hosts", "knownHosts": ["one"]`, known, "bad-credential"},
		{key + `, "knownHostsFile": "DIR/nothing"`, known, "bad-credential"},
		{key + `, "knownHostsFile": "DIR/hosts", "passphraseEnv": "UNSET"`, known, "bad-credential"},
		{key + `, "knownHostsFile": "DIR/hosts", "passphraseEnv": "PHRASE", "passphraseFile": "DIR/phrase"`, known, "bad-credential"},
		{`"host": "h", "privateKeyFile": "DIR/nothing", "knownHostsFile": "DIR/hosts"`, known, "bad-credential"},
		{host + `, "password": "` + operatorSecret + `"`, known, "bad-configuration"},
		{host + `, "passwordEnv": 1`, known, "bad-configuration"},
	} {
		o := operator(t, files(c.entry))
		got, err := o.Credential(t.Context(), "forge")
		if fault.CodeOf(err) != c.code {
			t.Errorf("{%s}: %v; want %s", c.entry, err, c.code)
		}
		if err != nil {
			wantQuiet(t, err)
			continue
		}
		c.want.KnownIn = strings.ReplaceAll(c.want.KnownIn, "DIR", filepath.Dir(o.path))
		if a, b := fields(got), fields(c.want); a != b {
			t.Errorf("{%s} is %s; want %s", c.entry, a, b)
		}
	}
}

func fields(c gitremote.Credential) string {
	return fmt.Sprintf("%q", []string{c.Host, c.Username, c.Password, string(c.PrivateKey), c.Passphrase, string(c.KnownHosts), c.KnownIn})
}

// wantQuiet checks that a fault has a hint, and neither it nor a secret show.
func wantQuiet(t *testing.T, err error) {
	t.Helper()
	f := fault.Of(err)
	encoded, _ := json.Marshal(f)
	if shown := fmt.Sprintf("%v %+v %#v %s", err, err, f, encoded); strings.Contains(shown, operatorSecret) || strings.Contains(shown, "KEY") {
		t.Errorf("a secret shows: %s", shown)
	}
	if f.Hint == "" || strings.HasSuffix(f.Hint, ".") {
		t.Errorf("%v: the hint is %q", err, f.Hint)
	}
}

// One bad entry keeps nobody from using another, nor a bad file from asking for
// none.
func TestOtherCredentialsStayUsable(t *testing.T) {
	o := operator(t, map[string]string{"config.json": `{"credentials": {"bad": {}, "good": {"host": "h", "passwordEnv": "TOKEN"}}}`})
	if c, err := o.Credential(t.Context(), "good"); err != nil || c.Password != operatorSecret {
		t.Errorf("%v, %v", c, err)
	}
	_, err := o.Credential(t.Context(), "other")
	if fault.CodeOf(err) != "unknown-credential" {
		t.Error(err)
	}
	if _, err := operator(t, nil).Credential(t.Context(), "other"); fault.CodeOf(err) != "unknown-credential" {
		t.Error(err)
	}
}

// From the operator's file to a repository over ssh.
func TestAKeyOfTheOperatorsFile(t *testing.T) {
	repo := gittest.NewRepo(t)
	sha := repo.Commit(map[string]string{"kinde.json": "{}"}, gittest.Options{})
	key := gittest.NewKey(t, "ed25519")
	server := gittest.ServeSSH(t, repo, key)
	o := operator(t, map[string]string{
		"key": string(key.Private(operatorSecret)), "known_hosts": server.KnownHosts(),
		"config.json": `{"credentials": {"forge": {"host": "` + server.Host() + `", "privateKeyFile": "DIR/key", ` +
			`"passphraseEnv": "TOKEN", "knownHostsFile": "DIR/known_hosts"}}}`,
	})
	remote := gitremote.New(gitremote.Options{Credentials: o})
	t.Cleanup(remote.Close)
	where := slipway.Repository{URL: server.URL, Credential: "forge"}
	if tip, err := remote.Tip(t.Context(), where); err != nil || tip != sha {
		t.Errorf("tip = %s, %v", tip, err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(o.path), "known_hosts"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := remote.Tip(t.Context(), where)
	if fault.CodeOf(err) != "host-key-unknown" || !strings.Contains(fault.Of(err).Hint, filepath.Dir(o.path)+"/known_hosts") {
		t.Errorf("%v: %s", err, fault.Of(err).Hint)
	}
}
