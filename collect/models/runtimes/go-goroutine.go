// SPDX-License-Identifier: GPL-3.0-or-later
// A goroutine that sleeps in time.Sleep, awaited by a WaitGroup.
//
// Each goroutine counts itself in and out. What it needs for that is global: a captured variable would make each goroutine's
// closure larger.
//
// family: fiber
// summary: goroutine in time.Sleep
// work: sleep beat pass
// hand-off: unbuffered channel
// package: golang-go=command:go
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var (
	pause             time.Duration
	started, finished atomic.Int64
)

// The further tasks of a work. sleep.go and work.go have each a function furtherTasks.
type actors interface {
	start() // and waits until all have started
	begin() // once ready is said
	tell()  // once all tasks have ended
}

type none struct{}

func (none) start() {}
func (none) begin() {}
func (none) tell()  {}

func awaitAnswer() {
	var octet [1]byte
	for octet[0] != '\n' {
		if _, err := os.Stdin.Read(octet[:]); err != nil {
			return
		}
	}
}

func main() {
	tasks, _ := strconv.ParseInt(os.Args[1], 10, 64)
	seconds, _ := strconv.ParseFloat(os.Args[2], 64)
	pause = time.Duration(seconds * float64(time.Second))

	fmt.Println("idle")
	awaitAnswer()

	var all sync.WaitGroup
	further := furtherTasks(os.Args[3:], &all)
	for i := int64(0); i < tasks; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			started.Add(1)
			time.Sleep(pause)
			finished.Add(1)
		}()
	}
	for started.Load() < tasks {
		time.Sleep(time.Millisecond)
	}
	further.start()
	fmt.Println("ready", started.Load()-finished.Load())

	further.begin()
	all.Wait()
	further.tell()
	fmt.Println("done", finished.Load())
	awaitAnswer()
}
