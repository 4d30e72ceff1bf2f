// SPDX-License-Identifier: GPL-3.0-or-later
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

var pause time.Duration

func main() {
	tasks, _ := strconv.Atoi(os.Args[1])
	seconds, _ := strconv.ParseFloat(os.Args[2], 64)
	pause = time.Duration(seconds * float64(time.Second))
	fmt.Println("tasks:", tasks)
	var all sync.WaitGroup
	for i := 0; i < tasks; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			time.Sleep(pause)
		}()
	}
	all.Wait()
}
