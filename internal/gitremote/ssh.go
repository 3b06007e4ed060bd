package gitremote

import (
	"bytes"
	"context"
	"io"
	"net"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"golang.org/x/crypto/ssh"
)

// shell is a repository behind ssh, for one operation on a connection of its
// own. It knows the machine's agent, keys and configuration as little as it
// knows its Git program.
type shell struct {
	peer
	watch  watch
	check  *hostCheck
	notes  *notes
	config *ssh.ClientConfig

	conn    *sshConn
	unhook  func() bool // undoes that the context's end closes the connection
	client  *ssh.Client // nil until the host lets us in
	session *ssh.Session
	in      io.WriteCloser
	out     io.Reader
	ended   bool // the host ended its answer
	offers  *capability.List
	asked   bool // for a commit
}

// connectSSH asks a host for its references.
func (r *Remote) connectSSH(ctx context.Context, cancel context.CancelFunc, place location, c Credential, p peer) (source, *refs, error) {
	host, port := place.url.Hostname(), place.url.Port()
	if port == "" {
		port = sshPort
	}
	key, err := signer(c, p.reference)
	if err != nil {
		return nil, nil, err
	}
	check, err := newHostCheck(c, host, port, p)
	if err != nil {
		return nil, nil, err
	}
	s := &shell{peer: p, watch: watch{stall: r.stall, cancel: cancel}, check: check}
	s.notes = &notes{watch: &s.watch}
	s.config = &ssh.ClientConfig{
		User: c.user(), Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, ClientVersion: "SSH-2.0-Slipway",
		HostKeyCallback: check.check, HostKeyAlgorithms: check.algorithms(),
	}
	found, err := s.open(ctx, r.dialer, net.JoinHostPort(host, port), uploadPack(place.path))
	if err != nil {
		err = s.fault(ctx, err)
		s.close()
		return nil, nil, err
	}
	return s, found, nil
}

// open connects, is let in, runs the command and reads the references.
func (s *shell) open(ctx context.Context, dialer *net.Dialer, address, command string) (*refs, error) {
	if err := s.enter(ctx, dialer, address, command); err != nil {
		return nil, err
	}
	answer := packp.NewAdvRefs()
	out := &bounded{watch: &s.watch, in: s.out, left: maxRefs}
	err := answer.Decode(out)
	s.ended = out.ended
	if err != nil {
		return nil, err
	}
	if answer.IsEmpty() {
		return nil, transport.ErrEmptyRemoteRepository
	}
	transport.FilterUnsupportedCapabilities(answer.Capabilities)
	s.offers = answer.Capabilities
	return advertised(answer), nil
}

// enter is all that comes before the command's answer.
func (s *shell) enter(ctx context.Context, dialer *net.Dialer, address, command string) error {
	s.watch.start()
	defer s.watch.end()
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	s.conn = &sshConn{Conn: conn, watch: &s.watch}
	s.unhook = context.AfterFunc(ctx, func() { _ = conn.Close() })
	link, channels, requests, err := ssh.NewClientConn(s.conn, address, s.config)
	if err != nil {
		return err
	}
	s.conn.in.Store(true)
	s.client = ssh.NewClient(link, channels, requests)
	if s.session, err = s.client.NewSession(); err != nil {
		return err
	}
	if s.in, err = s.session.StdinPipe(); err != nil {
		return err
	}
	out, err := s.session.StdoutPipe()
	if err != nil {
		return err
	}
	s.session.Stderr = s.notes
	if err := s.session.Start(command); err != nil {
		return err
	}
	s.out = out
	return nil
}

// fetch asks for one commit, without its history, and reads the pack.
func (s *shell) fetch(ctx context.Context, commit hash) (objects, error) {
	request, err := requestFor(commit, s.offers)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if err := s.ask(request); err != nil {
		return nil, s.fault(ctx, err)
	}
	response := packp.NewUploadPackResponse(request)
	in := &bounded{watch: &s.watch, in: s.out, left: maxPack(s.limits)}
	if err := response.Decode(io.NopCloser(in)); err != nil {
		return nil, s.fault(ctx, err)
	}
	objects, err := readPack(demultiplexed(response, request.Capabilities), s.limits)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return objects, nil
}

// ask sends a request, and that no other follows.
func (s *shell) ask(request *packp.UploadPackRequest) error {
	var text bytes.Buffer
	if err := request.UploadRequest.Encode(&text); err != nil {
		return err
	}
	if err := pktline.NewEncoder(&text).Encodef("done\n"); err != nil {
		return err
	}
	s.asked = true
	s.watch.start()
	defer s.watch.end()
	if _, err := s.in.Write(text.Bytes()); err != nil {
		return err
	}
	return s.in.Close()
}

// close says good-bye, where the host waits for a request, and hangs up. A host
// that does not take the good-bye is hung up on all the same.
func (s *shell) close() {
	if s.conn == nil {
		return
	}
	late := time.AfterFunc(time.Second, func() { _ = s.conn.Close() })
	if s.offers != nil && !s.asked {
		_, _ = s.in.Write(pktline.FlushPkt)
	}
	late.Stop()
	s.unhook()
	_ = s.conn.Close()
}
