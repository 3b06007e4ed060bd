package gitremote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"golang.org/x/crypto/ssh"

	"github.com/slipway-dev/slipway/internal/fault"
)

// fault says what an error of ssh means.
func (s *shell) fault(ctx context.Context, err error) error {
	if f := s.check.refused.Load(); f != nil {
		return f
	}
	if errors.Is(err, packp.ErrEmptyAdvRefs) {
		return empty()
	}
	if f := s.common(ctx, &s.watch, err); f != nil {
		return f
	}
	if f := s.network(err); f != nil {
		return f
	}
	var algorithms *ssh.AlgorithmNegotiationError
	switch {
	case errors.As(err, &algorithms):
		return s.unreachable(errors.New("no algorithm in common"), "has no ssh algorithm in common with Slipway")
	case s.client == nil && s.check.accepted.Load() && !broken(err):
		return s.keyRefused()
	case s.client == nil && !broken(err):
		return notGit(errors.New("no ssh"))
	case s.client == nil || s.offers != nil || broken(err) && s.out == nil:
		return s.lost()
	case s.out == nil:
		return notGit(errors.New("no command may be run"))
	}
	return s.turnedAway(ctx, err)
}

// broken reports whether an error is of the connection, not of what was said.
func broken(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}

func (s *shell) keyRefused() error {
	return fault.New(fault.Invalid, "repository-credentials", "the Git host %s lets nobody in with this key as the user %q", s.host, s.config.User).
		WithHint("look at the credential %q: the host may not know its public key, or the key may have expired", s.reference)
}

// turnedAway says why a host gave no references: from what it said, then from
// how its command ended. What it said is not repeated.
func (s *shell) turnedAway(ctx context.Context, err error) error {
	var end error
	if s.ended {
		s.watch.start()
		_ = s.in.Close()
		end = s.session.Wait()
		s.watch.end()
	}
	if f := s.common(ctx, &s.watch, nil); f != nil {
		return f
	}
	var (
		line    *pktline.ErrorLine
		data    *packp.ErrUnexpectedData
		missing *ssh.ExitMissingError
		status  *ssh.ExitError
	)
	said := s.notes.said()
	switch {
	case errors.As(err, &line):
		said += line.Text
	case errors.As(err, &data):
		said += string(data.Data)
	}
	switch {
	case speaksOf(said, "command not found"):
		return notGit(errors.New("the host has no Git"))
	case speaksOf(said, "not found", "does not exist", "no such", "not appear to be a git repository", "could not be found"):
		return s.notFound()
	case speaksOf(said, "denied", "not allowed", "unauthorized", "not authorized", "forbidden", "permission"):
		return s.notAllowed()
	case errors.As(end, &missing):
		return s.lost()
	case errors.As(end, &status):
		return notGit(fmt.Errorf("the command ended with status %d", status.ExitStatus()))
	}
	return notGit(errors.New("no references in the answer"))
}

func (s *shell) notAllowed() error {
	return fault.New(fault.Invalid, "repository-credentials", "the Git host %s does not let this key read the repository", s.host).
		WithHint("look at the credential %q: let its key read this repository on the host", s.reference)
}

// speaksOf reports whether a host's words hold one of these. Over ssh there are
// no codes: words are all there is.
func speaksOf(said string, words ...string) bool {
	said = strings.ToLower(said)
	for _, w := range words {
		if strings.Contains(said, w) {
			return true
		}
	}
	return false
}
