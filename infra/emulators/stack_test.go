package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cloud pretends to be what a stack is deployed to; sam is a script that says
// what it was asked to do.
func cloud(t *testing.T, token string, samFails string) (d *deployment, deleted *bool) {
	t.Helper()
	t.Chdir(t.TempDir())
	gone := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Amz-Target") == "secretsmanager.GetSecretValue":
			fmt.Fprint(w, `{"SecretString": "{\"prefix\": \"slipway_first_\", \"secret\": \"s\"}"}`)
		case r.URL.Path == "/v1/self" && strings.HasPrefix(r.Host, "a1.execute-api.localhost:"):
			if r.Header.Get("Authorization") != "Bearer "+token {
				http.Error(w, "nobody", http.StatusUnauthorized)
				return
			}
		case r.FormValue("Action") == "DeleteStack":
			gone = r.FormValue("StackName") == "slipway"
		case r.FormValue("Action") == "DescribeStacks" && gone:
			http.Error(w, "no such stack", http.StatusBadRequest)
		}
	}))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(home, 0o750); err != nil {
		t.Fatal(err)
	}
	sam := filepath.Join(t.TempDir(), "sam")
	script := "#!/bin/sh\n[ \"$1\" = \"" + samFails + "\" ] && { echo it is broken >&2; exit 3; }\n" +
		`echo '[{"OutputKey": "ApiId", "OutputValue": "a1"}, {"OutputKey": "FirstTokenSecretArn", "OutputValue": "arn"}, {"OutputKey": "StateMachineArn", "OutputValue": "arn:machine"}]'`
	if err := os.WriteFile(sam, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return &deployment{sam: sam, config: "emulator", endpoint: at}, &gone
}

func TestStack(t *testing.T) {
	d, gone := cloud(t, "slipway_first_s", "")
	if err := d.bring(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(d.target("http://guard"), " ") + " "
	for _, want := range []string{
		"SLIPWAY_TARGET=" + d.endpoint.String() + " ", "SLIPWAY_TARGET_TOKEN=slipway_first_s ", "SLIPWAY_TARGET_HOST=a1.execute-api.localhost:",
		"SLIPWAY_TARGET_AWS=" + d.endpoint.String() + " ", "SLIPWAY_TARGET_STATE_MACHINE=arn:machine ", "SLIPWAY_TARGET_GUARD=http://guard ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the command would find %s, not %s", got, want)
		}
	}
	if err := d.remove(t.Context()); err != nil || !*gone {
		t.Errorf("removed %v (%v)", *gone, err)
	}
}

// TestStackFails wants each failure told, with what was said.
func TestStackFails(t *testing.T) {
	for step, want := range map[string]string{"validate": "sam validate: exit status 3: it is broken", "deploy": "it is broken", "list": "it is broken", "remote": "it is broken"} {
		d, _ := cloud(t, "slipway_first_s", step)
		if err := d.bring(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("with a bad %s: %v", step, err)
		}
	}
	d, _ := cloud(t, "another", "")
	if err := d.bring(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("with a token that is not taken: %v", err)
	}
}
