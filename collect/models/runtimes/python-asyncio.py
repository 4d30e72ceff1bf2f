# SPDX-License-Identifier: GPL-3.0-or-later
# A task of asyncio that sleeps in asyncio.sleep, awaited by gather.
#
# The tasks do not count themselves, which would make the frame of each larger. A coroutine that is suspended at an await has
# started and not finished: that is looked at from outside, for each. gather ends once each task has returned (an exception would
# come out of it), and has as many results.
#
# family: async
# summary: asyncio task in asyncio.sleep
# work: sleep beat pass
# hand-off: asyncio.Queue
# package: python3=command:python3
import asyncio
import sys

TASKS = int(sys.argv[1])
SECONDS = float(sys.argv[2])
WORK = sys.argv[3:]
if WORK:
    sys.dont_write_bytecode = True  # what lies beside the model is part of its hash
    from work import further_tasks


def say(event):
    print(event, flush=True)


async def live():
    await asyncio.sleep(SECONDS)


async def main():
    say("idle")
    sys.stdin.readline()
    further = further_tasks(WORK, SECONDS) if WORK else None
    tasks = []
    for _ in range(TASKS):
        tasks.append(asyncio.create_task(live()))
    all_ended = asyncio.gather(*tasks)
    await asyncio.sleep(0)  # the loop runs each task up to its sleep, and then this one again
    if further:
        await further.start()
    say(f"ready {sum(task.get_coro().cr_await is not None for task in tasks)}")
    if further:
        further.begin()
    results = await all_ended
    if further:
        await further.end()
    say(f"done {len(results)}")
    sys.stdin.readline()


asyncio.run(main())
