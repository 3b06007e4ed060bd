// Package infra is what template.yaml nests: plain templates, one a subject. Its
// tests are the laws of the whole stack, each with its reason and with broken
// variants that it must refuse.
package infra
