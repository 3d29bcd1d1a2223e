"""Servers that misbehave on purpose, in one process: python3 -m sandbox.listeners KIND PORT [UPSTREAM]."""
import asyncio
import socket
import sys

KINDS = {}


def kind(function):
    KINDS[function.__name__] = function
    return function


async def swallow(reader):
    """Reads what comes until the first pause."""
    try:
        return await asyncio.wait_for(reader.read(65536), 0.5)
    except asyncio.TimeoutError:
        return b""


@kind
async def silent(reader, writer):
    await asyncio.sleep(3600)


@kind
async def reset(reader, writer):
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.close()


@kind
async def closed(reader, writer):
    writer.close()


@kind
async def drip(reader, writer):
    """One byte a second of something that could be a beginning of anything."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 3600:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(1)


@kind
async def garbage(reader, writer):
    writer.write(b"\x1b[31m\xff\xfe\x00SSH-2.0-OpenSSH_9.2p1 Debian\r\n")
    await writer.drain()
    await swallow(reader)
    writer.close()


def http(body=b"", head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", length=True):
    return head + (b"Content-Length: %d\r\n" % len(body) if length else b"") + b"\r\n" + body


@kind
async def half_a_header(reader, writer):
    await swallow(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await writer.drain()
    writer.close()


@kind
async def huge_headers(reader, writer):
    await swallow(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for i in range(4000):
        writer.write(b"X-Padding-%d: %s\r\n" % (i, b"p" * 1000))
        await writer.drain()
    writer.write(b"\r\n")
    await writer.drain()
    writer.close()


@kind
async def endless_body(reader, writer):
    await swallow(reader)
    writer.write(http(length=False))
    while True:
        writer.write(b"<p>and so on</p>" * 4096)
        await writer.drain()


@kind
async def not_http(reader, writer):
    await swallow(reader)
    writer.write(b"220 mail.example.com ESMTP Postfix\r\n")
    await writer.drain()
    writer.close()


@kind
async def mysql_refuses(reader, writer, code=1129, text=b"Host '10.0.0.7' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'"):
    packet = b"\xff" + code.to_bytes(2, "little") + text
    writer.write(len(packet).to_bytes(3, "little") + b"\0" + packet)
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()


@kind
async def mysql_1040(reader, writer):
    await mysql_refuses(reader, writer, 1040, b"Too many connections")


@kind
async def mysql_1129(reader, writer):
    await mysql_refuses(reader, writer)


@kind
async def mysql_1130(reader, writer):
    await mysql_refuses(reader, writer, 1130, b"Host '10.0.0.7' is not allowed to connect to this MySQL server")


@kind
async def mysql_ansi(reader, writer):
    await mysql_refuses(reader, writer, 1105, b"\x1b]0;owned\x07\x1b[31mred\xff\xfe\xe2\x80\xae")


async def serve(name, port, sock):
    if name == "drops":
        # A full backlog: the kernel drops every further SYN.
        sock.listen(0)
        fillers = [socket.socket() for _ in range(8)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        await asyncio.sleep(86400)
    handler = KINDS[name]

    async def safely(reader, writer):
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass

    server = await asyncio.start_server(safely, sock=sock)
    async with server:
        await server.serve_forever()


def main():
    name, port = sys.argv[1], int(sys.argv[2])
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    asyncio.run(serve(name, port, sock))


if __name__ == "__main__":
    main()
