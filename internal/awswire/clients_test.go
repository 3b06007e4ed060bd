package awswire_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/slipway-dev/slipway/internal/awswire"
)

// TestClients wants each client of what Load reads to ask where the environment
// says, in its own service's name.
func TestClients(t *testing.T) {
	for _, c := range []struct {
		service, signed, path string
		ask                   func(t *testing.T, cfg aws.Config) error
	}{
		{"DYNAMODB", "dynamodb", "/", func(t *testing.T, cfg aws.Config) error {
			_, err := awswire.DynamoDB(cfg).ListTables(t.Context(), &dynamodb.ListTablesInput{})
			return err
		}},
		{"S3", "s3", "/blobs/a/b", func(t *testing.T, cfg aws.Config) error {
			_, err := awswire.S3(cfg).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("blobs"), Key: aws.String("a/b")})
			return err
		}},
		{"SFN", "states", "/", func(t *testing.T, cfg aws.Config) error {
			_, err := sfn.NewFromConfig(cfg).ListStateMachines(t.Context(), &sfn.ListStateMachinesInput{})
			return err
		}},
		{"LAMBDA", "lambda", "/2015-03-31/functions", func(t *testing.T, cfg aws.Config) error {
			_, err := lambda.NewFromConfig(cfg).ListFunctions(t.Context(), &lambda.ListFunctionsInput{})
			return err
		}},
		{"SECRETS_MANAGER", "secretsmanager", "/", func(t *testing.T, cfg aws.Config) error {
			_, err := secretsmanager.NewFromConfig(cfg).ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
			return err
		}},
	} {
		t.Run(c.service, func(t *testing.T) {
			var path, signed string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				path, signed = r.URL.Path, r.Header.Get("Authorization")
				w.Header().Set("Content-Type", "application/x-amz-json-1.0")
				w.Header().Set("X-Amz-Crc32", "2745614147")
				if c.service != "S3" {
					_, _ = w.Write([]byte("{}"))
				}
			}))
			defer server.Close()
			for name, value := range map[string]string{
				"AWS_ENDPOINT_URL_" + c.service: server.URL, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
				"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
			} {
				t.Setenv(name, value)
			}
			cfg, err := awswire.Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := c.ask(t, cfg); err != nil {
				t.Fatal(err)
			}
			if path != c.path || !strings.Contains(signed, "/eu-west-1/"+c.signed+"/") {
				t.Errorf("asked for %q, signed %q", path, signed)
			}
		})
	}
}
