// Package awswire reads the configuration of AWS, once for a process, and makes
// the clients that every function may link. Region, credentials and endpoint are
// those of the environment, as every program that uses the AWS SDK reads them:
// AWS_REGION, the role of a function or a profile, and AWS_ENDPOINT_URL or
// AWS_ENDPOINT_URL_DYNAMODB for an emulator. A client is safe for use by several
// goroutines; one of each serves a whole process. The clients of other services
// are made where they are used: linking one takes time at every start.
package awswire
