#!/usr/bin/python3
"""A long way in front of servers: every byte arrives later. Usage: slow_link.py SECONDS LOG TARGET PORT...

Listens on PORT of 127.0.0.1 and ::1, hands through to the same port of the address TARGET, and delays each direction by SECONDS. What opening a connection
takes on such a way is charged to the first bytes: the kernel completes TCP's handshake on loopback at once, so that connect() itself returns too early, and a
client that only connects and closes pays nothing. The way has no limit of bandwidth, and no slow start.

LOG gets a line of JSON for each thing that happens: [connection, port towards the server, port, "open" | "ask" | "answer" | "close", seconds of the monotonic
clock], `ask` when bytes leave the client, `answer` when bytes reach it.
"""
import asyncio
import itertools
import json
import sys

READ = 1 << 16


class Link:
    def __init__(self, seconds, log, target):
        self.seconds, self.log, self.target, self.count = seconds, open(log, "a", buffering=1), target, itertools.count()

    async def serve(self, port, reader, writer):
        loop, connection, opened = asyncio.get_running_loop(), next(self.count), asyncio.get_running_loop().time()
        try:
            far_reader, far_writer = await asyncio.open_connection(self.target, port)
        except OSError:
            writer.close()
            return
        own_port = far_writer.get_extra_info("sockname")[1]

        def note(what):
            self.log.write(json.dumps([connection, own_port, port, what, loop.time()]) + "\n")
        note("open")
        there = self.pump(reader, far_writer, opened + 2 * self.seconds, lambda: note("ask"), lambda: None)
        back = self.pump(far_reader, writer, 0, lambda: None, lambda: note("answer"))
        await asyncio.gather(there, back, return_exceptions=True)
        note("close")
        for end in (writer, far_writer):
            end.close()

    async def pump(self, reader, writer, open_at, seen, arrived):
        """Bytes from one side to the other, each as late as the way is long."""
        loop, under_way = asyncio.get_running_loop(), asyncio.Queue()

        async def deliver():
            while True:
                at, data = await under_way.get()
                if (left := at - loop.time()) > 0:
                    await asyncio.sleep(left)
                if not data:
                    return writer.write_eof()
                writer.write(data)
                arrived()
        delivery = asyncio.create_task(deliver())
        try:
            while data := await reader.read(READ):
                seen()
                under_way.put_nowait((max(loop.time(), open_at) + self.seconds, data))
        except ConnectionError:
            pass
        under_way.put_nowait((loop.time() + self.seconds, b""))
        await delivery


async def main(seconds, log, target, *ports):
    link = Link(float(seconds), log, target)
    servers = []
    for port in map(int, ports):
        def serve(reader, writer, port=port):
            return link.serve(port, reader, writer)
        servers += [await asyncio.start_server(serve, address, port) for address in ("127.0.0.1", "::1")]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
