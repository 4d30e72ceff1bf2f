// SPDX-License-Identifier: GPL-3.0-or-later
// The further tasks of a work, beside those that sleep. work.sh has read the work.
package main

import (
	"fmt"
	"math/bits"
	"sort"
	"strconv"
	"sync"
	"time"
)

// Called just before the first task that sleeps is started.
func furtherTasks(work []string, all *sync.WaitGroup) actors {
	var numbers []int64
	for _, text := range work[1:] {
		number, _ := strconv.ParseInt(text, 10, 64)
		numbers = append(numbers, number)
	}
	if work[0] == "beat" {
		return &beat{all: all, probes: numbers[0], period: time.Duration(numbers[1]), origin: time.Now(),
			late: map[int64]int64{}}
	}
	return &ring{all: all, size: numbers[0], messages: numbers[1], step: numbers[2]}
}

// Starts so many goroutines and waits until each has called what it was given.
func startAll(count int64, all *sync.WaitGroup, live func(place int64, started func())) {
	var running sync.WaitGroup
	running.Add(int(count))
	all.Add(int(count))
	for place := int64(0); place < count; place++ {
		go func(place int64) {
			defer all.Done()
			live(place, running.Done)
		}(place)
	}
	running.Wait()
}

// --- beat -------------------------------------------------------------------------------------------------------------

type beat struct {
	all           *sync.WaitGroup
	probes        int64
	period        time.Duration
	origin, epoch time.Time // before the first sleeper, and before the first probe

	lock sync.Mutex
	late map[int64]int64 // how often, by the least lateness of a bucket in nanoseconds
}

func (beat *beat) start() {
	beat.epoch = time.Now()
	startAll(beat.probes, beat.all, beat.probe)
}

// Wakes on an absolute plan. A moment that is over is not slept for, but noted like the others.
func (beat *beat) probe(place int64, started func()) {
	started()
	end := pause - beat.epoch.Sub(beat.origin)
	due := time.Duration(place*int64(beat.period)/beat.probes) + beat.period
	if now := time.Since(beat.epoch); now >= due {
		due += ((now-due)/beat.period + 1) * beat.period
	}
	for ; due < end; due += beat.period {
		if now := time.Since(beat.epoch); now < due {
			time.Sleep(due - now)
		}
		beat.note(int64(time.Since(beat.epoch) - due))
	}
}

func (beat *beat) note(lateness int64) {
	bucket := leastOfBucket(lateness)
	beat.lock.Lock()
	beat.late[bucket]++
	beat.lock.Unlock()
}

// Of the nanoseconds that share a bucket with these, the least late: eight buckets an octave, as in HdrHistogram, and one for
// each number below 16. Those that are early, below 0, mirror them.
func leastOfBucket(lateness int64) int64 {
	magnitude, shift := lateness, 0
	if lateness < 0 {
		magnitude = -lateness
	}
	if length := bits.Len64(uint64(magnitude)); length > 4 {
		shift = length - 4
	}
	least := magnitude >> shift << shift
	if lateness < 0 {
		return -(least + 1<<shift - 1)
	}
	return least
}

func (beat *beat) begin() {}

func (beat *beat) tell() {
	var buckets []int64
	for bucket := range beat.late {
		buckets = append(buckets, bucket)
	}
	sort.Slice(buckets, func(a, b int) bool { return buckets[a] < buckets[b] })
	for _, bucket := range buckets {
		fmt.Println("late", bucket, beat.late[bucket])
	}
}

// --- pass -------------------------------------------------------------------------------------------------------------

type ring struct {
	all                  *sync.WaitGroup
	size, messages, step int64
	places               []chan int64
}

func (ring *ring) start() {
	for place := int64(0); place < ring.size; place++ {
		ring.places = append(ring.places, make(chan int64))
	}
	startAll(ring.size, ring.all, ring.pass)
}

// The token is how many messages are left. From 0 on it is the end, which each place passes on but the last, the one that had
// the last message.
func (ring *ring) pass(place int64, started func()) {
	own, next := ring.places[place], ring.places[(place+ring.step)%ring.size]
	started()
	for token := int64(1); token > 0; {
		token = <-own
		if token == 1 {
			fmt.Println("passed", ring.messages)
			awaitAnswer()
		}
		if token > 1-ring.size {
			next <- token - 1
		}
	}
}

func (ring *ring) begin() {
	awaitAnswer() // the clocks were read
	ring.places[0] <- ring.messages
}

func (ring *ring) tell() {}
