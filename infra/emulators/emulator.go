package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// home is where the emulators are kept, from the project's root.
const home = ".bin/emulators"

var (
	//go:embed pom.xml
	pom []byte
	//go:embed ministack.txt
	ministackPins []byte
	//go:embed sam.txt
	samPins []byte
)

// ministack is the name of the emulator that the stack is deployed to.
const ministack = "ministack"

// emulator is one that can be fetched and started.
type emulator struct {
	name  string // in the endpoints
	title string
	tools []string                  // that the machine must have
	file  string                    // that pins the versions
	pins  []byte                    // what is in it
	fetch func(dir string) []string // one command a line, in dir
	serve func(dir string, port int) []string
	env   func(port int) []string
	ready string // the path that answers when it is up
}

// all are those that tests run on. The functions of the one that is deployed to
// find AWS at functions, or, where that is "", at the emulator itself.
func all(functions string) []emulator {
	return []emulator{
		{
			name: "local", title: "DynamoDB Local", tools: []string{"java", "mvn"}, file: "pom.xml", pins: pom,
			fetch: func(string) []string {
				return []string{"mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib"}
			},
			serve: func(dir string, port int) []string {
				lib := filepath.Join(dir, "lib")
				return []string{
					"java", "-Djava.library.path=" + lib, "-cp", filepath.Join(lib, "*"), "software.amazon.dynamodb.services.local.main.ServerRunner",
					"-inMemory", "-sharedDb", "-disableTelemetry", "-port", strconv.Itoa(port),
				}
			},
			env:   func(int) []string { return nil },
			ready: "/",
		},
		{
			name: ministack, title: "MiniStack", tools: []string{"python3"}, file: "ministack.txt", pins: ministackPins,
			fetch: fromPython("ministack.txt"),
			serve: func(dir string, _ int) []string { return []string{filepath.Join(dir, "bin", "ministack")} },
			env: func(port int) []string {
				return []string{
					"GATEWAY_PORT=" + strconv.Itoa(port), "MINISTACK_ACCOUNT_ID=123456789012", "IOT_MTLS_ENABLED=0",
					"AWS_ENDPOINT_URL=" + cmp.Or(functions, local(port)),
				}
			},
			ready: "/_ministack/health",
		},
	}
}

// fromPython fetches what file pins into an environment of its own.
func fromPython(file string) func(string) []string {
	return func(string) []string {
		return []string{"python3 -m venv .", "bin/pip install -q --disable-pip-version-check -r " + file}
	}
}

// local is the address of a port of the loopback.
func local(port int) string { return "http://127.0.0.1:" + strconv.Itoa(port) }

// errNoTool says that the machine lacks what an emulator runs on.
var errNoTool = errors.New("is not installed")

// prepare gives the folder of the emulator, fetched if it is not there. A folder
// of other pins is left alone.
func (e emulator) prepare(ctx context.Context) (string, error) {
	for _, tool := range e.tools {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%s %w", tool, errNoTool)
		}
	}
	sum := sha256.Sum256(e.pins)
	dir, err := filepath.Abs(filepath.Join(home, e.name+"-"+hex.EncodeToString(sum[:4])))
	if err != nil {
		return "", err
	}
	stamp := filepath.Join(dir, "fetched")
	if _, err := os.Stat(stamp); err == nil {
		return dir, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, e.file), e.pins, 0o600); err != nil {
		return "", err
	}
	fmt.Fprintf(os.Stderr, "emulators: fetching %s, this first time\n", e.title)
	for _, line := range e.fetch(dir) {
		words := strings.Fields(line)
		c := exec.CommandContext(ctx, words[0], words[1:]...)
		c.Dir = dir
		if said, err := c.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", line, err, lastLine(said))
		}
	}
	return dir, os.WriteFile(stamp, nil, 0o600)
}

// lastLine is the last thing that a tool said.
func lastLine(said []byte) string {
	lines := bytes.Split(bytes.TrimSpace(said), []byte("\n"))
	return string(bytes.TrimSpace(lines[len(lines)-1]))
}
