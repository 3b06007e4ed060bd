package gitremote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// sshCredential is what the operator of a server would configure.
func sshCredential(server *gittest.SSHServer, key gittest.Key) gitremote.Credential {
	return gitremote.Credential{
		Host: server.Host(), PrivateKey: key.Private(""), KnownHosts: []byte(server.KnownHosts()), KnownIn: "/etc/slipway/known_hosts",
	}
}

func ours(c gitremote.Credential) gitremote.Options {
	return gitremote.Options{Credentials: gitremote.List{"ours": c}}
}

func overSSH(url string) slipway.Repository { return slipway.Repository{URL: url, Credential: "ours"} }

func TestFetchOverSSH(t *testing.T) {
	repo, sha := sample(t)
	key := gittest.NewKey(t, "ed25519")
	server := gittest.ServeSSH(t, repo, key)
	r := newRemote(t, ours(sshCredential(server, key)))
	home := strings.Replace(server.URL, "/repo.git", "/~/repo.git", 1)
	for _, url := range []string{server.URL, strings.Replace(server.URL, "ssh://", "SSH://git@", 1), home} {
		if tip, err := r.Tip(t.Context(), overSSH(url)); err != nil || tip != sha {
			t.Errorf("tip of %s = %s, %v", url, tip, err)
		}
	}
	for _, branch := range []string{"", "main", "feature/one"} {
		commit, files, err := r.Fetch(t.Context(), slipway.Repository{URL: server.URL, Branch: branch, Credential: "ours"})
		if err != nil {
			t.Fatal(err)
		}
		checkSample(t, sha, commit, files)
	}
	if name, err := r.DefaultBranch(t.Context(), overSSH(server.URL)); err != nil || name != "main" {
		t.Errorf("default branch = %q, %v", name, err)
	}
	if got := server.Commands()[2]; got != "git-upload-pack '~/repo.git'" {
		t.Errorf("the command is %s", got)
	}
	now := repo.ForcePush("main", map[string]string{"new": "new"})
	commit, files, err := r.Fetch(t.Context(), overSSH(server.URL))
	if err != nil || commit.SHA != now || files.Files() != 1 {
		t.Errorf("fetched %s of %d files, %v; want %s", commit.SHA, files.Files(), err, now)
	}
}

// Neither the agent, nor the keys, the known hosts and the settings of the
// machine's user, nor a program: they would lead elsewhere, or let in.
func TestTheMachinesSSHIsNotUsed(t *testing.T) {
	repo, sha := sample(t)
	key := gittest.NewKey(t, "ed25519")
	server := gittest.ServeSSH(t, repo, key)
	home := t.TempDir()
	must(t, os.Mkdir(home+"/.ssh", 0o700))
	must(t, os.WriteFile(home+"/.ssh/config", []byte("Host *\n\tPort 1\n\tHostName nothing.invalid\n"), 0o600))
	must(t, os.WriteFile(home+"/.ssh/id_ed25519", key.Private(""), 0o600))
	must(t, os.WriteFile(home+"/.ssh/known_hosts", []byte(server.KnownHosts()), 0o600))
	t.Setenv("HOME", home)
	t.Setenv("SSH_AUTH_SOCK", home+"/agent")
	t.Setenv("SSH_KNOWN_HOSTS", home+"/.ssh/known_hosts")
	t.Setenv("GIT_SSH_COMMAND", "false")
	c := sshCredential(server, key)
	if tip, err := newRemote(t, ours(c)).Tip(t.Context(), overSSH(server.URL)); err != nil || tip != sha {
		t.Errorf("tip = %s, %v", tip, err)
	}
	logins := len(server.Logins())
	c.KnownHosts = nil
	_, err := newRemote(t, ours(c)).Tip(t.Context(), overSSH(server.URL))
	wantFault(t, err, fault.Invalid, "host-key-unknown")
	_, err = newRemote(t, ours(c)).Tip(t.Context(), at(server.URL))
	wantFault(t, err, fault.Invalid, "repository-credentials")
	if len(server.Logins()) != logins {
		t.Error("a key was shown")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCredentialsOfSSH(t *testing.T) {
	repo, _ := sample(t)
	key, other := gittest.NewKey(t, "ed25519"), gittest.NewKey(t, "ecdsa")
	server := gittest.ServeSSH(t, repo, key, gittest.WithUser("builder"))
	withUser := strings.Replace(server.URL, "ssh://", "ssh://builder@", 1)
	locked := key.Private(secret)
	for name, c := range map[string]struct {
		change func(*gitremote.Credential)
		url    string
		code   string
	}{
		"right":             {func(*gitremote.Credential) {}, server.URL, ""},
		"user in the URL":   {func(*gitremote.Credential) {}, withUser, ""},
		"passphrase":        {func(c *gitremote.Credential) { c.PrivateKey, c.Passphrase = locked, secret }, server.URL, ""},
		"needless one":      {func(c *gitremote.Credential) { c.Passphrase = secret }, server.URL, ""},
		"wrong passphrase":  {func(c *gitremote.Credential) { c.PrivateKey, c.Passphrase = locked, secret+"x" }, server.URL, "bad-credential"},
		"no passphrase":     {func(c *gitremote.Credential) { c.PrivateKey = locked }, server.URL, "bad-credential"},
		"no key":            {func(c *gitremote.Credential) { c.PrivateKey = []byte(secret) }, server.URL, "bad-credential"},
		"half a key":        {func(c *gitremote.Credential) { c.PrivateKey = c.PrivateKey[:len(c.PrivateKey)/2] }, server.URL, "bad-credential"},
		"bad known hosts":   {func(c *gitremote.Credential) { c.KnownHosts = append(c.KnownHosts, "x y z\n"...) }, server.URL, "bad-credential"},
		"wrong key":         {func(c *gitremote.Credential) { c.PrivateKey = other.Private("") }, server.URL, "repository-credentials"},
		"wrong user":        {func(c *gitremote.Credential) { c.Username = "" }, server.URL, "repository-credentials"},
		"other user in URL": {func(c *gitremote.Credential) { c.Username = "" }, withUser, "credential-user"},
		"a password":        {func(c *gitremote.Credential) { c.PrivateKey, c.Password = nil, secret }, server.URL, "repository-credentials"},
		"other host":        {func(c *gitremote.Credential) { c.Host = "127.0.0.1" }, server.URL, "credential-host"},
		"over http":         {func(*gitremote.Credential) {}, "http://" + server.Host() + "/x", "repository-credentials"},
	} {
		credential := sshCredential(server, key)
		credential.Username = "builder"
		c.change(&credential)
		_, err := newRemote(t, ours(credential)).Tip(t.Context(), overSSH(c.url))
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v; want %s", name, err, c.code)
		}
		if c.code != "" {
			wantFault(t, err, fault.Invalid, c.code)
			wantNoKey(t, err, credential.PrivateKey)
		}
	}
}

// Keys as ssh-keygen makes them are read: a host that knows none of them then
// refuses them.
func TestKeysOfTheProgram(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("this test needs the ssh-keygen program")
	}
	repo, _ := sample(t)
	server := gittest.ServeSSH(t, repo, gittest.NewKey(t, "ed25519"))
	const phrase = "s3cr3t phrase"
	for i, args := range []string{"-t ed25519", "-t ecdsa -b 384", "-t rsa -b 2048", "-t ecdsa -m PEM", "-t rsa -b 2048 -m PKCS8"} {
		for _, phrase := range []string{"", phrase} {
			if phrase != "" && strings.Contains(args, "PKCS8") {
				continue // the ssh library does not open these
			}
			file := fmt.Sprintf("%s/%d%t", t.TempDir(), i, phrase == "")
			out, err := exec.Command("ssh-keygen", append(strings.Fields(args), "-q", "-a", "1", "-N", phrase, "-f", file)...).CombinedOutput()
			if err != nil {
				t.Fatalf("ssh-keygen %s: %v\n%s", args, err, out)
			}
			c := sshCredential(server, gittest.NewKey(t, "ed25519"))
			c.Passphrase = phrase
			c.PrivateKey, err = os.ReadFile(file)
			must(t, err)
			_, err = newRemote(t, ours(c)).Tip(t.Context(), overSSH(server.URL))
			if fault.CodeOf(err) != "repository-credentials" {
				t.Errorf("%s, passphrase %q: %v", args, phrase, err)
			}
		}
	}
}

// wantNoKey checks that no line of a key is in a fault.
func wantNoKey(t *testing.T, err error, private []byte) {
	t.Helper()
	shown := fmt.Sprintf("%v %+v %#v", err, err, fault.Of(err))
	for line := range strings.Lines(string(private)) {
		if len(line) > 20 && !strings.HasPrefix(line, "-") && strings.Contains(shown, strings.TrimSpace(line)) {
			t.Errorf("the key shows in %s", shown)
		}
	}
}

func TestRepositoriesOverSSH(t *testing.T) {
	repo := gittest.NewRepo(t)
	key := gittest.NewKey(t, "ed25519")
	server := gittest.ServeSSH(t, repo, key)
	r := newRemote(t, ours(sshCredential(server, key)))
	_, err := r.Tip(t.Context(), overSSH(server.URL))
	wantFault(t, err, fault.Invalid, "repository-empty")
	_, err = r.Tip(t.Context(), overSSH("ssh://"+server.Host()+"/nowhere.git"))
	wantFault(t, err, fault.NotFound, "repository-not-found")
	repo.Commit(map[string]string{"a": "12345", "b": strings.Repeat("x", 1000)}, gittest.Options{})
	_, _, err = r.Fetch(t.Context(), slipway.Repository{URL: server.URL, Branch: "mian", Credential: "ours"})
	wantFault(t, err, fault.NotFound, "branch-not-found")
	repo.SetDefault("gone")
	_, err = r.DefaultBranch(t.Context(), overSSH(server.URL))
	wantFault(t, err, fault.NotFound, "branch-not-found")
	repo.SetDefault("main")
	limited := func(limits snapshot.Limits) error {
		o := ours(sshCredential(server, key))
		o.Limits = limits
		_, _, err := newRemote(t, o).Fetch(t.Context(), overSSH(server.URL))
		return err
	}
	if err := limited(snapshot.Limits{Bytes: 1005, Files: 2}); err != nil {
		t.Error(err)
	}
	wantFault(t, limited(snapshot.Limits{Bytes: 1004, Files: 2}), fault.Invalid, "repository-too-large")
	wantFault(t, limited(snapshot.Limits{Bytes: 1005, Files: 1}), fault.Invalid, "repository-too-large")
	repo.Commit(map[string]string{"bomb": strings.Repeat("\x00", 20<<20)}, gittest.Options{})
	wantFault(t, limited(snapshot.Limits{Bytes: 1005, Files: 9}), fault.Invalid, "repository-too-large")
}

// What hosts say where Git does not run, and hosts that say too much.
func TestAnswersOverSSH(t *testing.T) {
	repo, _ := sample(t)
	key := gittest.NewKey(t, "ed25519")
	say := func(out, errs string, status int) gittest.Program {
		return func(_ context.Context, _ io.Reader, o, e io.Writer) int {
			_, _ = io.WriteString(o, out)
			_, _ = io.WriteString(e, errs+secret)
			return status
		}
	}
	flood := func(toErrs bool) gittest.Program {
		return func(_ context.Context, _ io.Reader, o, e io.Writer) int {
			if toErrs {
				o = e
			}
			_, err := io.WriteString(o, "0032"+strings.Repeat("a", 40)+" HEAD\x00")
			lines := "fff0" + strings.Repeat("a", 40) + " refs/heads/" + strings.Repeat("x", 0xfff0-57) + "\n"
			for err == nil {
				_, err = io.WriteString(o, lines)
			}
			return 0
		}
	}
	for name, c := range map[string]struct {
		program gittest.Program
		kind    fault.Kind
		code    string
	}{
		"github":        {say("", "ERROR: Repository not found.\nfatal: ", 1), fault.NotFound, "repository-not-found"},
		"gitlab":        {say("", "remote: ERROR: The project you were looking for could not be found", 1), fault.NotFound, "repository-not-found"},
		"an error line": {say("0030ERR access denied or repository not exported", "", 1), fault.Invalid, "repository-credentials"},
		"denied":        {say("", "Permission denied: ", 1), fault.Invalid, "repository-credentials"},
		"no git":        {say("", "sh: 1: git-upload-pack: command not found", 127), fault.Invalid, "not-a-repository"},
		"no shell":      {say("This account is not available.\n", "", 1), fault.Invalid, "not-a-repository"},
		"nothing":       {say("", "", 0), fault.Invalid, "not-a-repository"},
		"endless refs":  {flood(false), fault.Invalid, "repository-too-large"},
		"endless notes": {flood(true), fault.Invalid, "repository-too-large"},
	} {
		server := gittest.ServeSSH(t, repo, key, gittest.WithProgram(c.program))
		_, err := newRemote(t, ours(sshCredential(server, key))).Tip(t.Context(), overSSH(server.URL))
		wantFault(t, err, c.kind, c.code)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// A host that never comes to the point, before anybody is let in.
func TestAnEndlessGreeting(t *testing.T) {
	host := listening(t, func(c net.Conn) {
		var err error
		for err == nil {
			_, err = c.Write([]byte(strings.Repeat("welcome\r\n", 1000)))
		}
		_ = c.Close()
	})
	c := gitremote.Credential{Host: host, PrivateKey: gittest.NewKey(t, "ed25519").Private("")}
	_, err := newRemote(t, ours(c)).Tip(t.Context(), overSSH("ssh://"+host+"/x"))
	wantFault(t, err, fault.Invalid, "not-a-repository")
}

func TestSSHHonoursPublicOnlyAndCancel(t *testing.T) {
	repo, _ := sample(t)
	key := gittest.NewKey(t, "ed25519")
	server := gittest.ServeSSH(t, repo, key, gittest.WithSilence())
	o := ours(sshCredential(server, key))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := newRemote(t, o).Tip(ctx, overSSH(server.URL))
	wantFault(t, err, fault.Unavailable, "cancelled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	o.PublicOnly = true
	_, err = newRemote(t, o).Tip(t.Context(), overSSH(server.URL))
	wantFault(t, err, fault.Invalid, "address-not-allowed")
	o = ours(gitremote.Credential{Host: "127.0.0.1", PrivateKey: key.Private("")})
	o.PublicOnly = true
	_, err = newRemote(t, o).Tip(t.Context(), overSSH("git@127.0.0.1:acme/x.git"))
	wantFault(t, err, fault.Invalid, "address-not-allowed")
}
