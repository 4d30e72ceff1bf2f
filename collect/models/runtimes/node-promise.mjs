// SPDX-License-Identifier: GPL-3.0-or-later
// A promise of setTimeout, awaited by Promise.all.
//
// A task is nothing but its promise and its timer, so it cannot count itself. Timers with the same time fire in the order of
// their start: while the first promise is pending, all that were made are alive. Promise.all fulfils once each is fulfilled, and
// has as many results.
//
// family: async
// summary: promise of setTimeout
// work: sleep beat pass
// hand-off: promise that the predecessor resolves
// package: nodejs=command:node
import { readSync } from "node:fs";
import { promisify } from "node:util";

const tasks = Number(process.argv[2]);
// One more millisecond: the timers' clock may tick just after the start, and no task may wake early.
const milliseconds = Math.ceil(Number(process.argv[3]) * 1000) + 1;
const delay = promisify(setTimeout);
const work = process.argv.slice(4);
const furtherTasks = work.length ? (await import("./work.mjs")).default : null;

function awaitAnswer() {
  const byte = Buffer.alloc(1);
  while (readSync(0, byte) === 1 && byte[0] !== 10);
}

async function isPending(promise) {
  const other = {};
  return (await Promise.race([promise, other])) === other;
}

console.log("idle");
awaitAnswer();
const further = furtherTasks?.(work, Number(process.argv[3]));
const all = [];
for (let i = 0; i < tasks; i++) all.push(delay(milliseconds));
further?.start();
console.log(`ready ${(await isPending(all[0])) ? all.length : 0}`);
further?.begin(awaitAnswer);
const ended = await Promise.all(all);
await further?.end();
console.log(`done ${ended.length}`);
awaitAnswer();
