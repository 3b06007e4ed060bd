package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/logging"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// endpoints names the environment variable that says where DynamoDB is for these
// tests: "name=http://127.0.0.1:8000,other=…".
const endpoints = "SLIPWAY_DYNAMODB_ENDPOINTS"

// places gives the endpoints by their names, and skips the test without any.
func places(t *testing.T) map[string]string {
	t.Helper()
	list := os.Getenv(endpoints)
	if list == "" {
		t.Skip("no DynamoDB here: make e2e starts two, or set " + endpoints)
	}
	found := map[string]string{}
	for endpoint := range strings.SplitSeq(list, ",") {
		name, url, ok := strings.Cut(endpoint, "=")
		if !ok {
			t.Fatalf("%s has %q, which is not name=URL", endpoints, endpoint)
		}
		found[name] = url
	}
	return found
}

// onEach runs test on every endpoint, on a table of its own.
func onEach(t *testing.T, test func(t *testing.T, c *dynamodb.Client, table string)) {
	t.Helper()
	for name, url := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(url)
			test(t, c, newTable(t, c))
		})
	}
}

func client(url string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: &url, Region: "eu-west-1", Logger: logging.Nop{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
		DisableValidateResponseChecksum: true, // DynamoDB Local sends 0 with each refusal
	})
}

// newTable makes a table, and removes it with the test.
func newTable(t *testing.T, c *dynamodb.Client) string {
	t.Helper()
	table := "slipway-test-" + strings.ToLower(rand.Text())
	_, err := c.CreateTable(t.Context(), Table(table))
	// Nobody else has this name: the answer was lost, and the client asked again.
	if _, there := errors.AsType[*types.ResourceInUseException](err); err != nil && !there {
		t.Fatalf("create table: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, err := c.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &table})
		// On a slow machine the client's second try finds that its first was done.
		if _, gone := errors.AsType[*types.ResourceNotFoundException](err); err != nil && !gone {
			t.Errorf("delete table: %v", err)
		}
	})
	w := dynamodb.NewTableExistsWaiter(c, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 20 * time.Millisecond })
	if err := w.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &table}, time.Minute); err != nil {
		t.Fatalf("create table: %v", err)
	}
	return table
}

func TestStore(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		storetest.Run(t, func(t *testing.T) control.Store {
			return New(&strict{API: c, t: t}, table)
		}, storetest.Twice(func(t *testing.T) (a, b control.Store) {
			return New(&strict{API: c, t: t}, table), New(&strict{API: c, t: t}, table)
		}))
	})
}
