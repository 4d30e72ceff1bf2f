# SPDX-License-Identifier: GPL-3.0-or-later
# The further tasks of a work, beside those that sleep. work.sh has read the work.
import asyncio
import collections
import sys
import time


def further_tasks(work, seconds):
    """Called just before the first task that sleeps is started."""
    kind, *numbers = work
    numbers = [int(number) for number in numbers]
    return Beat(*numbers, int(seconds * 1e9)) if kind == "beat" else Ring(*numbers)


class Actors:
    async def start_all(self, coroutines):
        self.running = [asyncio.create_task(coroutine) for coroutine in coroutines]
        await asyncio.sleep(0)  # the loop runs each up to its first wait, and then this one again

    async def end(self):
        await asyncio.gather(*self.running)


class Beat(Actors):
    def __init__(self, probes, period, window):
        self.probes, self.period = probes, period  # the period in nanoseconds
        self.end_moment = time.monotonic_ns() + window
        self.late = collections.Counter()  # by the least lateness of a bucket, in nanoseconds

    async def start(self):
        self.epoch = time.monotonic_ns()
        await self.start_all(self.probe(place) for place in range(self.probes))

    async def probe(self, place):
        """Wakes on an absolute plan. A moment that is over is not slept for, but noted like the others."""
        due = self.epoch + place * self.period // self.probes + self.period
        over = time.monotonic_ns() - due
        if over >= 0:
            due += (over // self.period + 1) * self.period
        while due < self.end_moment:
            left = due - time.monotonic_ns()
            if left > 0:
                await asyncio.sleep(left * 1e-9)
            self.late[least_of_bucket(time.monotonic_ns() - due)] += 1
            due += self.period

    def begin(self):
        pass

    async def end(self):
        await super().end()
        for bucket, count in sorted(self.late.items()):
            print("late", bucket, count, flush=True)


def least_of_bucket(lateness):
    """Of the nanoseconds that share a bucket with these, the least late: eight buckets an octave, as in HdrHistogram, and one for
    each number below 16. Those that are early, below 0, mirror them."""
    shift = max(0, abs(lateness).bit_length() - 4)
    least = abs(lateness) >> shift << shift
    return least if lateness >= 0 else -(least + (1 << shift) - 1)


class Ring(Actors):
    def __init__(self, size, messages, step):
        self.size, self.messages, self.step = size, messages, step

    async def start(self):
        self.places = [asyncio.Queue() for _ in range(self.size)]
        await self.start_all(self.hand_on(place) for place in range(self.size))

    async def hand_on(self, place):
        """The token is how many messages are left. From 0 on it is the end, which each place passes on but the last, the one that
        had the last message."""
        own, successor = self.places[place], self.places[(place + self.step) % self.size]
        token = 1
        while token > 0:
            token = await own.get()
            if token == 1:
                print("passed", self.messages, flush=True)
                sys.stdin.readline()
            if token > 1 - self.size:
                await successor.put(token - 1)

    def begin(self):
        sys.stdin.readline()  # the clocks were read
        self.places[0].put_nowait(self.messages)
