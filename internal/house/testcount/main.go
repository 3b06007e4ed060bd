package main

import (
	"fmt"
	"os"
)

func main() {
	c, err := read(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
		os.Exit(1)
	}
	c.print(os.Stdout)
	if !c.good() {
		os.Exit(1)
	}
}
