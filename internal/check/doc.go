// Package check finds the workflows in the files of one commit and says of each
// whether it is valid: discovery by kinde.json, one bundle per workflow, its
// settings as its top-level code evaluates them, the rules of one file, and the
// rules across files and against stored workflows.
//
// What is wrong with a user's files is a diagnostic, never an error; an error is
// a fault of ours or an ended context. The package holds no bundler and no
// engine: it declares Bundler and Evaluator, which packages bundle and sandbox
// are. It reads the snapshot and nothing else, and no clock.
package check
