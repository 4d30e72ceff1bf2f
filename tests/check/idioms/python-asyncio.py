# SPDX-License-Identifier: GPL-3.0-or-later
import asyncio
import sys

TASKS = int(sys.argv[1])
SECONDS = float(sys.argv[2])


async def live():
    await asyncio.sleep(SECONDS)


async def main():
    print("tasks:", TASKS)
    tasks = []
    for _ in range(TASKS):
        tasks.append(asyncio.create_task(live()))
    await asyncio.gather(*tasks)


asyncio.run(main())
