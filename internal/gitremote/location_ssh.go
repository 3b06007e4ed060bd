package gitremote

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const sshPort = "22"

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?$`)

// scpLike reports whether a text is Git's short form of an ssh URL,
// [user@]host:path: a colon before any slash, and no drive letter.
func scpLike(raw string) bool {
	before, _, ok := strings.Cut(raw, ":")
	return ok && len(before) > 1 && !strings.ContainsAny(before, `/\`)
}

// locateSCP reads the short form. Its path begins at the user's home on the
// host, unless it begins with a slash.
func locateSCP(raw string) (location, error) {
	user, rest, named := strings.Cut(raw, "@")
	switch {
	case !named:
		user, rest = "", raw
	case strings.Contains(user, ":"):
		return location{}, credentialsInURL() // user:password@host
	}
	host, path, ok := strings.Cut(rest, ":")
	if strings.HasPrefix(rest, "[") {
		host, path, ok = strings.Cut(rest[1:], "]:")
		host = "[" + host + "]"
	}
	if strings.HasPrefix(path, ":") && !named {
		return location{}, unsupported(host) // helper::address
	}
	if !ok {
		return location{}, badURL("the repository's URL cannot be read")
	}
	u := &url.URL{Scheme: "ssh", Host: host}
	if user != "" {
		u.User = url.User(user)
	}
	return onHost(u, path)
}

// locateSSH reads a URL. Its path begins at the host's root, or with ~ at a
// user's home.
func locateSSH(u *url.URL) (location, error) {
	if _, secret := u.User.Password(); secret {
		return location{}, credentialsInURL()
	}
	if u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return location{}, badURL("the repository's URL has a query or a fragment")
	}
	path := u.Path
	if strings.HasPrefix(path, "/~") {
		path = path[1:]
	}
	return onHost(u, path)
}

// onHost lets through what is safe to dial, and to put into a command.
func onHost(u *url.URL, path string) (location, error) {
	_, notAddress := netip.ParseAddr(u.Hostname())
	switch {
	case notAddress != nil && !hostName.MatchString(u.Hostname()):
		return location{}, badURL("the repository's URL names no host")
	case path == "" || path == "/":
		return location{}, badURL("the repository's URL names no path")
	case strings.HasPrefix(path, "-") || strings.ContainsFunc(path, unicode.IsControl):
		return location{}, badURL("the repository's path begins with a hyphen or holds control characters")
	}
	return location{url: u, path: path}, nil
}

// uploadPack is the command that serves a repository, its path quoted as Git
// does it: hosts that do not run a shell read that too.
func uploadPack(path string) string {
	return "git-upload-pack '" + strings.NewReplacer("'", `'\''`, "!", `'\!'`).Replace(path) + "'"
}
