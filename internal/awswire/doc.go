// Package awswire makes the clients of AWS, one constructor each. Region,
// credentials and endpoint are those of the environment, as every program that
// uses the AWS SDK reads them: AWS_REGION, the role of a function or a profile,
// and AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_DYNAMODB for an emulator. A client is
// safe for use by several goroutines; one of each serves a whole process.
package awswire
