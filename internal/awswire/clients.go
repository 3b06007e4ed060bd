package awswire

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// DynamoDB gives a client for the tables of this region.
func DynamoDB(ctx context.Context) (*dynamodb.Client, error) {
	cfg, err := load(ctx)
	if err != nil {
		return nil, err
	}
	return dynamodb.NewFromConfig(cfg), nil
}

// S3 gives a client for the buckets of this region. Where an endpoint is named
// the bucket goes into the path: an emulator's host has no name for each bucket.
func S3(ctx context.Context) (*s3.Client, error) {
	cfg, err := load(ctx)
	if err != nil {
		return nil, err
	}
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil }), nil
}

// StepFunctions gives a client for the state machines of this region.
func StepFunctions(ctx context.Context) (*sfn.Client, error) {
	cfg, err := load(ctx)
	if err != nil {
		return nil, err
	}
	return sfn.NewFromConfig(cfg), nil
}

// Lambda gives a client for the functions of this region.
func Lambda(ctx context.Context) (*lambda.Client, error) {
	cfg, err := load(ctx)
	if err != nil {
		return nil, err
	}
	return lambda.NewFromConfig(cfg), nil
}

// SecretsManager gives a client for the secrets of this region.
func SecretsManager(ctx context.Context) (*secretsmanager.Client, error) {
	cfg, err := load(ctx)
	if err != nil {
		return nil, err
	}
	return secretsmanager.NewFromConfig(cfg), nil
}

func load(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return aws.Config{}, fmt.Errorf("read AWS configuration: %w", err)
	}
	return cfg, nil
}
