// SPDX-License-Identifier: GPL-3.0-or-later
// The further tasks of a work, beside those that sleep. work.sh has read the work.
import { promisify } from "node:util";

const delay = promisify(setTimeout);

// Called just before the first task that sleeps is started.
export default function furtherTasks([kind, ...numbers], seconds) {
  return kind === "beat" ? new Beat(...numbers.map(Number), seconds * 1e9) : new Ring(...numbers.map(Number));
}

// Of the nanoseconds that share a bucket with these, the least late: eight buckets an octave, as in HdrHistogram, and one for
// each number below 16. Those that are early, below 0, mirror them.
function leastOfBucket(lateness) {
  const magnitude = Math.abs(lateness);
  const width = 2 ** Math.max(0, magnitude.toString(2).length - 4);
  const least = magnitude - (magnitude % width);
  return lateness < 0 ? -(least + width - 1) : least;
}

class Beat {
  constructor(probes, period, window) {
    Object.assign(this, { probes, period, window, origin: process.hrtime.bigint(), late: new Map() });
  }

  start() {
    this.epoch = process.hrtime.bigint();
    this.window -= Number(this.epoch - this.origin);
    this.running = Array.from({ length: this.probes }, (_, place) => this.probe(place));
  }

  // Nanoseconds since the epoch; a double holds those of 104 days exactly.
  now() {
    return Number(process.hrtime.bigint() - this.epoch);
  }

  // Wakes on an absolute plan. A moment that is over is not slept for, but noted like the others.
  async probe(place) {
    let due = Math.floor((place / this.probes) * this.period) + this.period;
    const over = this.now() - due;
    if (over >= 0) due += (Math.floor(over / this.period) + 1) * this.period;
    for (; due < this.window; due += this.period) {
      const left = due - this.now();
      if (left > 0) await delay(Math.ceil(left / 1e6)); // the timers know whole milliseconds only
      this.note(this.now() - due);
    }
  }

  note(lateness) {
    const bucket = leastOfBucket(lateness);
    this.late.set(bucket, (this.late.get(bucket) ?? 0) + 1);
  }

  begin() {}

  async end() {
    await Promise.all(this.running);
    for (const [bucket, count] of [...this.late].sort(([a], [b]) => a - b)) console.log(`late ${bucket} ${count}`);
  }
}

class Ring {
  constructor(size, messages, step) {
    Object.assign(this, { size, messages, step, handTo: [] }); // handTo resolves the promise that a place awaits
  }

  start() {
    this.running = Array.from({ length: this.size }, (_, place) => this.pass(place));
  }

  // The token is how many messages are left. From 0 on it is the end, which each place passes on but the last, the one that had
  // the last message.
  async pass(place) {
    const successor = (place + this.step) % this.size;
    for (let token = 1; token > 0; ) {
      token = await new Promise((resolve) => (this.handTo[place] = resolve));
      if (token === 1) {
        console.log(`passed ${this.messages}`);
        this.awaitAnswer();
      }
      if (token > 1 - this.size) this.handTo[successor](token - 1);
    }
  }

  begin(awaitAnswer) {
    this.awaitAnswer = awaitAnswer;
    awaitAnswer(); // the clocks were read
    this.handTo[0](this.messages);
  }

  async end() {
    await Promise.all(this.running);
  }
}
