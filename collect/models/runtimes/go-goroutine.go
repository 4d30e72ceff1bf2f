// SPDX-License-Identifier: GPL-3.0-or-later
// A goroutine that sleeps in time.Sleep, awaited by a WaitGroup.
//
// family: fiber
// summary: goroutine in time.Sleep
// package: golang-go=command:go
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var answers = bufio.NewReader(os.Stdin)

func awaitAnswer() {
	answers.ReadString('\n')
}

func main() {
	tasks, _ := strconv.ParseInt(os.Args[1], 10, 64)
	seconds, _ := strconv.ParseFloat(os.Args[2], 64)
	pause := time.Duration(seconds * float64(time.Second))

	fmt.Println("idle")
	awaitAnswer()

	var started, finished atomic.Int64
	var all sync.WaitGroup
	allStarted := make(chan struct{})
	for i := int64(0); i < tasks; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			if started.Add(1) == tasks {
				close(allStarted)
			}
			time.Sleep(pause)
			finished.Add(1)
		}()
	}
	<-allStarted
	fmt.Println("ready", started.Load()-finished.Load())

	all.Wait()
	fmt.Println("done", finished.Load())
	awaitAnswer()
}
