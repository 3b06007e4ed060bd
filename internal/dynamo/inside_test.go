package dynamo

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"pgregory.net/rapid"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestPlaces wants the sort keys of deployments in the order of the list, and
// each short enough, whatever the path is.
func TestPlaces(t *testing.T) {
	type entry struct {
		sequence int64
		path     string
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) entry {
			return entry{rapid.Int64Range(0, 1<<40).Draw(t, "sequence"), rapid.StringMatching(`[a-zé/.\-]{1,20}`).Draw(t, "path")}
		})
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		first := a.sequence > b.sequence || a.sequence == b.sequence && a.path < b.path
		ka, kb := deploymentPlace(a.sequence, a.path, "dep"), deploymentPlace(b.sequence, b.path, "dep")
		if a != b && (ka < kb) != first {
			t.Fatalf("%+v has the key %q, %+v the key %q", a, ka, b, kb)
		}
	})
	long := strings.Repeat("é", 2048)
	one, two := deploymentPlace(1, long, "dep_1"), deploymentPlace(1, long, "dep_2")
	if one == two || !utf8.ValidString(one) || !(key{"pk", one}).valid() {
		t.Errorf("a long path has the keys\n%q\n%q", one, two)
	}
}

func TestTable(t *testing.T) {
	in := Table("t")
	var keys, attributes []string
	for _, k := range in.KeySchema {
		keys = append(keys, aws.ToString(k.AttributeName))
	}
	for _, a := range in.AttributeDefinitions {
		attributes = append(attributes, aws.ToString(a.AttributeName))
	}
	want := []string{PartitionKey, SortKey}
	if !slices.Equal(keys, want) || !slices.Equal(attributes, want) || len(in.GlobalSecondaryIndexes)+len(in.LocalSecondaryIndexes) != 0 {
		t.Errorf("the table has the keys %v and the attributes %v", keys, attributes)
	}
}

// TestRecordSizes keeps an ordinary deployment under one write unit.
func TestRecordSizes(t *testing.T) {
	r, err := encodeDeployment(ordinary("1"))
	if err != nil {
		t.Fatal(err)
	}
	size := len(r.doc) + len(r.log) + len(deploymentKey(r.Environment, r.ID).pk) + 64
	t.Logf("an ordinary deployment takes %d bytes, its document %d", size, len(r.doc))
	if size > 1024 {
		t.Errorf("an ordinary deployment takes %d bytes, over 1 KiB", size)
	}
}

// TestLogsThatDoNotFit keeps the most telling messages of a build log that is
// larger than any item.
func TestLogsThatDoNotFit(t *testing.T) {
	d := ordinary("1")
	d.Diagnostics = noise(14_000)
	d.Diagnostics[13_999].Severity = diagnostic.Error
	r, err := encodeDeployment(d)
	if err != nil {
		t.Fatal(err)
	}
	var kept []diagnostic.Diagnostic
	if err := unpack(r.log, &kept); err != nil || len(r.log) > maxItem || len(kept) < 1000 || !diagnostic.HasError(kept) {
		t.Errorf("%d messages are kept in %d bytes (%v)", len(kept), len(r.log), err)
	}
}

// TestTooLarge refuses before DynamoDB does, and says why.
func TestTooLarge(t *testing.T) {
	d := ordinary("1")
	var message strings.Builder
	for _, n := range noise(14_000) {
		message.WriteString(n.Message)
	}
	d.Commit.Message = message.String()
	if _, err := encodeDeployment(d); fault.CodeOf(err) != "record-too-large" {
		t.Errorf("a huge record: %v", err)
	}
}

// TestUnreadable wants a fault for what no Slipway wrote.
func TestUnreadable(t *testing.T) {
	for _, data := range [][]byte{nil, {}, {0}, {packed}, {packed, 1, 2, 3}, []byte("{}"), {2, 3}} {
		if err := unpack(data, new(slipway.Sync)); fault.CodeOf(err) != "store-corrupt" {
			t.Errorf("%v gives %v", data, err)
		}
	}
}
