// SPDX-License-Identifier: GPL-3.0-or-later
import { promisify } from "node:util";

const delay = promisify(setTimeout);
const [tasks, seconds] = process.argv.slice(2).map(Number);
console.log(`tasks: ${tasks}`);
const all = [];
for (let i = 0; i < tasks; i++) all.push(delay(seconds * 1000));
await Promise.all(all);
