package main

import (
	"context"
	"os"
	"strconv"
	"time"
)

// mainLater is the program on a day that is LATER days from now.
func mainLater() {
	p := thisProgram()
	days, err := strconv.Atoi(os.Getenv("LATER"))
	if err != nil {
		panic(err)
	}
	p.now = func() time.Time { return time.Now().AddDate(0, 0, days) }
	p.name = "slipway"
	os.Exit(p.run(context.Background(), os.Args[1:]))
}
