package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// serveSetting is one setting of serve: a flag, a variable of the environment, a
// key of the section "serve" of the operator's file, or else a default.
type serveSetting struct {
	flag  string // --listen; SLIPWAY_LISTEN; "listen"
	value string // by default
	help  string
}

// variable is the setting's name in the environment.
func (s serveSetting) variable() string {
	return "SLIPWAY_" + strings.ToUpper(strings.ReplaceAll(s.flag, "-", "_"))
}

// key is the setting's name in the operator's file.
func (s serveSetting) key() string {
	words := strings.Split(s.flag, "-")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// serveSettings are all of them; docs/serve.md has the same table.
func serveSettings() []serveSetting {
	return []serveSetting{
		{"listen", "127.0.0.1:8080", "address to listen on; port 0 is any that is free"},
		{"host", "", "names that requests may call the server by, separated by commas; on a loopback address localhost and the address are known"},
		{"tls-cert", "", "file of the certificate, in PEM, with those that sign it"},
		{"tls-key", "", "file of its key"},
		{"trusted-proxy", "", "addresses or prefixes of proxies before it, separated by commas: their word on a request's sender is taken"},
		{"tick", "10s", "time between two ticks of the clock"},
		{"drain", "30s", "time for what is under way to end when it stops"},
		{"syncs", "2", "syncs that run side by side"},
		{"allow-local-repositories", "no", "yes: also reads repositories on its own disk and at addresses that are not public"},
		{"failed-sign-ins", "10", "how often an address may fail to sign in within a minute, before it is made to wait"},
		{"log-format", "text", "text or json"},
		{"log-level", "info", "debug, info, warn or error"},
	}
}

// settled is a setting's value and where it is from, for messages.
type settled struct{ text, from string }

// settleServe takes each setting from the arguments, else from the environment,
// else from the file, else its default.
func settleServe(flags map[string]string, getenv func(string) string, file map[string]any) (map[string]settled, error) {
	known := map[string]bool{}
	out := map[string]settled{}
	for _, s := range serveSettings() {
		known[s.key()] = true
		inFile, err := fileText(s.key(), file[s.key()])
		if err != nil {
			return nil, err
		}
		switch {
		case flags[s.flag] != "":
			out[s.flag] = settled{flags[s.flag], "--" + s.flag}
		case getenv(s.variable()) != "":
			out[s.flag] = settled{getenv(s.variable()), s.variable()}
		case inFile != "":
			out[s.flag] = settled{inFile, "serve." + s.key() + " of config.json"}
		default:
			out[s.flag] = settled{s.value, "--" + s.flag}
		}
	}
	for key := range file {
		if !known[key] {
			return nil, fault.New(fault.Invalid, "bad-configuration", "config.json: serve has no setting %q", key).
				WithHint("it has %s", strings.Join(slices.Sorted(func(yield func(string) bool) {
					for k := range known {
						if !yield(k) {
							return
						}
					}
				}), ", "))
		}
	}
	return out, nil
}

// fileText is a value of the file as an argument would have it.
func fileText(key string, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v], nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case []any:
		var parts []string
		for _, e := range v {
			text, err := fileText(key, e)
			if err != nil {
				return "", err
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ","), nil
	}
	return "", fault.New(fault.Invalid, "bad-configuration", "config.json: serve.%s is no text, number, yes or no, or list of these", key).
		WithHint("write it as the argument would be, in quotes")
}

// bad is the fault for a value that cannot be.
func (s settled) bad(hint string) error {
	return fault.New(fault.Invalid, "bad-setting", "%s cannot be %q", s.from, s.text).WithHint("%s", hint)
}

func (s settled) list() []string {
	var out []string
	for part := range strings.SplitSeq(s.text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (s settled) duration(least, most time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(s.text)
	if err != nil || d < least || d > most {
		return 0, s.bad(fmt.Sprintf("say a time from %v to %v, such as 30s", least, most))
	}
	return d, nil
}

func (s settled) number(least, most int) (int, error) {
	n, err := strconv.Atoi(s.text)
	if err != nil || n < least || n > most {
		return 0, s.bad(fmt.Sprintf("say a number from %d to %d", least, most))
	}
	return n, nil
}

func (s settled) yes() (bool, error) {
	switch s.text {
	case "yes", "true", "1":
		return true, nil
	case "no", "false", "0":
		return false, nil
	}
	return false, s.bad("say yes or no")
}
