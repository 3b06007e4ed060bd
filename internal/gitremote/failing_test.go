package gitremote_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// failing is a host that fails; serve starts it and says where the repository
// is, and what to be let in with.
type failing struct {
	name  string
	serve func(*testing.T) (slipway.Repository, gitremote.Credential)
}

func failingHTTP(t *testing.T) []failing {
	repo, _ := sample(t)
	over := func(name string, wrap func(http.Handler) http.Handler) failing {
		return failing{"http " + name, func(t *testing.T) (slipway.Repository, gitremote.Credential) {
			return at(gittest.Serve(t, repo, gittest.WithWrap(wrap)).URL), gitremote.Credential{}
		}}
	}
	return []failing{
		over("hangs at once", gittest.Hang),
		over("hangs before the pack", gittest.On(gittest.UploadPack, gittest.Hang)),
		over("hangs in the references", gittest.On(gittest.InfoRefs, gittest.HangAfter(60))),
		over("hangs in the pack", gittest.On(gittest.UploadPack, gittest.HangAfter(200))),
		over("drops the references", gittest.On(gittest.InfoRefs, gittest.DropAfter(60))),
		over("drops the pack", gittest.On(gittest.UploadPack, gittest.DropAfter(200))),
	}
}

func failingSSH(t *testing.T) []failing {
	repo, _ := sample(t)
	key := gittest.NewKey(t, "ed25519")
	over := func(name string, option gittest.SSHOption) failing {
		return failing{"ssh " + name, func(t *testing.T) (slipway.Repository, gitremote.Credential) {
			server := gittest.ServeSSH(t, repo, key, option)
			t.Cleanup(func() { wantHungUp(t, server) })
			return overSSH(server.URL), sshCredential(server, key)
		}}
	}
	breaks := func(name string, b gittest.Break) failing { return over(name, gittest.WithBreak(b)) }
	return []failing{
		over("hangs before its banner", gittest.WithSilence()),
		breaks("hangs after it let us in", gittest.Break{Hang: true}),
		breaks("hangs in the references", gittest.Break{After: 60, Hang: true}),
		breaks("hangs before the pack", gittest.Break{InPack: true, Hang: true}),
		breaks("hangs in the pack", gittest.Break{InPack: true, After: 200, Hang: true}),
		breaks("drops after it let us in", gittest.Break{}),
		breaks("drops the references", gittest.Break{After: 60}),
		breaks("drops the pack", gittest.Break{InPack: true, After: 200}),
	}
}

// wantHungUp checks that the client has closed what it opened, while the server
// still holds on.
func wantHungUp(t *testing.T, server *gittest.SSHServer) {
	t.Helper()
	for range 200 {
		if server.Open() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d connections are still open", server.Open())
}

// failingConnections are hosts that nobody speaks with, over both transports.
func failingConnections(t *testing.T) []failing {
	key := gittest.NewKey(t, "ed25519").Private("")
	var all []failing
	for _, scheme := range []string{"http", "ssh"} {
		to := func(name string, host func(*testing.T) string) {
			all = append(all, failing{scheme + " " + name, func(t *testing.T) (slipway.Repository, gitremote.Credential) {
				h := host(t)
				if scheme == "http" {
					return at("http://" + h + "/x"), gitremote.Credential{}
				}
				return overSSH("ssh://" + h + "/x"), gitremote.Credential{Host: h, PrivateKey: key}
			}})
		}
		to("has no such name", func(*testing.T) string { return "nothing.invalid" })
		to("refuses", func(t *testing.T) string { return listening(t, nil) })
		to("drops at once", func(t *testing.T) string { return listening(t, func(c net.Conn) { _ = c.Close() }) })
		to("says something else", func(t *testing.T) string {
			return listening(t, func(c net.Conn) { _, _ = c.Write([]byte("220 smtp\r\n")); _ = c.Close() })
		})
	}
	return all
}

// listening gives the address of a listener that does this with every
// connection; nil is one that listens no more.
func listening(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	if serve == nil {
		_ = l.Close()
		return l.Addr().String()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// Whatever a host does, over whichever transport: the operation ends in time,
// says which host it was, and leaves no goroutine behind.
func TestHostsThatFail(t *testing.T) {
	all := append(append(failingHTTP(t), failingSSH(t)...), failingConnections(t)...)
	for _, host := range all {
		for limit, o := range map[string]gitremote.Options{
			"stall": {Stall: 100 * time.Millisecond}, "timeout": {Timeout: 100 * time.Millisecond},
		} {
			t.Run(host.name+"/"+limit, func(t *testing.T) {
				before := goleak.IgnoreCurrent()
				t.Cleanup(func() { goleak.VerifyNone(t, before) }) // after the server has ended
				where, credential := host.serve(t)
				o.Credentials = gitremote.List{"ours": credential}
				r := newRemote(t, o)
				start := time.Now()
				_, _, err := r.Fetch(t.Context(), where)
				wantFault(t, err, fault.Unavailable, "repository-unreachable")
				if took := time.Since(start); took > 3*time.Second {
					t.Errorf("it took %s", took)
				}
				if !strings.Contains(err.Error(), hostOf(where.URL)) {
					t.Errorf("%v does not name the host", err)
				}
			})
		}
	}
}

func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}
