# SPDX-License-Identifier: GPL-3.0-or-later
# A task of asyncio that sleeps in asyncio.sleep, awaited by gather.
#
# family: async
# summary: asyncio task in asyncio.sleep
# package: python3=command:python3
import asyncio
import sys

TASKS = int(sys.argv[1])
SECONDS = float(sys.argv[2])

started = 0
finished = 0


def say(event):
    print(event, flush=True)


async def live(all_started):
    global started, finished
    started += 1
    if started == TASKS:
        all_started.set()
    await asyncio.sleep(SECONDS)
    finished += 1


async def main():
    say("idle")
    sys.stdin.readline()
    all_started = asyncio.Event()
    tasks = [asyncio.create_task(live(all_started)) for _ in range(TASKS)]
    await all_started.wait()
    say(f"ready {started - finished}")
    await asyncio.gather(*tasks)
    say(f"done {finished}")
    sys.stdin.readline()


asyncio.run(main())
