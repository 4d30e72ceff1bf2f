// SPDX-License-Identifier: GPL-3.0-or-later
// An async function that awaits a promise of setTimeout, awaited by Promise.all.
//
// family: async
// summary: promise of setTimeout
// package: nodejs=command:node
import { readSync, writeSync } from "node:fs";
import { promisify } from "node:util";

const tasks = Number(process.argv[2]);
// One more millisecond: the timers' clock may tick just after the start, and no task may wake early.
const milliseconds = Math.ceil(Number(process.argv[3]) * 1000) + 1;
const delay = promisify(setTimeout);

let started = 0;
let finished = 0;

function say(event) {
  writeSync(1, event + "\n");
}

function awaitAnswer() {
  const byte = Buffer.alloc(1);
  while (readSync(0, byte) === 1 && byte[0] !== 10);
}

async function live() {
  started++;
  await delay(milliseconds);
  finished++;
}

say("idle");
awaitAnswer();
const all = [];
for (let i = 0; i < tasks; i++) all.push(live());
say(`ready ${started - finished}`);
await Promise.all(all);
say(`done ${finished}`);
awaitAnswer();
