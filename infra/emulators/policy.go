package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// statement is one of a policy that allows.
type statement struct {
	Effect    string
	Action    oneOrMore
	Resource  oneOrMore
	Condition map[string]map[string]oneOrMore
}

// oneOrMore is a word or a list of them.
type oneOrMore []string

// UnmarshalJSON reads either.
func (o *oneOrMore) UnmarshalJSON(data []byte) error {
	var word string
	if json.Unmarshal(data, &word) == nil {
		*o = oneOrMore{word}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(o))
}

// leadingKeys is the one condition that our roles have.
const leadingKeys = "dynamodb:LeadingKeys"

// allows reports whether s allows d. A condition that it does not know allows
// nothing.
func (s statement) allows(d deed) bool {
	for operator, keys := range s.Condition {
		if operator != "ForAllValues:StringEquals" || len(keys) != 1 || keys[leadingKeys] == nil {
			return false
		}
		for _, k := range d.keys {
			if !slices.Contains(keys[leadingKeys], k) {
				return false
			}
		}
	}
	return s.Effect == "Allow" && slices.Contains(s.Action, d.action) && slices.ContainsFunc(s.Resource, func(pattern string) bool {
		begin, end, star := strings.Cut(pattern, "*")
		return pattern == d.resource || star && end == "" && strings.HasPrefix(d.resource, begin)
	})
}

// readPolicy reads the policies of a function's role from the emulator.
func readPolicy(ctx context.Context, endpoint, function string) ([]statement, error) {
	data, err := ask(ctx, http.MethodGet, endpoint+"/2015-03-31/functions/"+function+"/configuration", nil, "lambda")
	if err != nil {
		return nil, err
	}
	var configuration struct{ Role string }
	if err := json.Unmarshal(data, &configuration); err != nil {
		return nil, fmt.Errorf("read configuration of %s: %w", function, err)
	}
	role := path.Base(configuration.Role)
	iam := func(action string, more url.Values, into any) error {
		more.Set("Action", action)
		more.Set("Version", "2010-05-08")
		more.Set("RoleName", role)
		data, err := ask(ctx, http.MethodPost, endpoint, more, "iam")
		if err != nil {
			return err
		}
		return xml.Unmarshal(data, into)
	}
	var names struct {
		Names []string `xml:"ListRolePoliciesResult>PolicyNames>member"`
	}
	if err := iam("ListRolePolicies", url.Values{}, &names); err != nil {
		return nil, fmt.Errorf("list policies of %s: %w", role, err)
	}
	var all []statement
	for _, name := range names.Names {
		var found struct {
			Document string `xml:"GetRolePolicyResult>PolicyDocument"`
		}
		if err := iam("GetRolePolicy", url.Values{"PolicyName": {name}}, &found); err != nil {
			return nil, fmt.Errorf("read policy %s: %w", name, err)
		}
		text, err := url.QueryUnescape(found.Document)
		if err != nil {
			return nil, fmt.Errorf("read policy %s: %w", name, err)
		}
		var policy struct{ Statement []statement }
		if err := json.Unmarshal([]byte(text), &policy); err != nil {
			return nil, fmt.Errorf("read policy %s: %w", name, err)
		}
		all = append(all, policy.Statement...)
	}
	return all, nil
}

// ask sends a request that the emulator takes for one to the service.
func ask(ctx context.Context, method, to string, form url.Values, service string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20300101/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", service, res.Status, lastLine(data))
	}
	return data, err
}
