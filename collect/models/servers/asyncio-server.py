# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of asyncio-server: a coroutine a connection, which sends each line back."""
import asyncio
import sys


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


asyncio.run(main())
