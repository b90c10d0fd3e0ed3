"""A slow line: a relay on this machine that passes on so many bytes a second towards the client, and holds little itself."""
import asyncio
import contextlib
import socket

PIECE = 2048


@contextlib.asynccontextmanager
async def relay(port, rate, buffer=8192):
    """Gives the port to connect to instead; `rate` bytes a second downwards, small buffers as a radio has."""
    tasks = set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        far, near = await asyncio.open_connection(sock=line, limit=PIECE)
        writer.transport.set_write_buffer_limits(PIECE)
        up = asyncio.create_task(_pass(reader, near, None))
        try:
            await _pass(far, writer, rate)
        except asyncio.CancelledError:                   # the relay closes
            pass
        finally:
            up.cancel()
            writer.close()
            near.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass(source, target, rate):
    loop = asyncio.get_running_loop()
    free = loop.time()                      # when the line has sent what it was given
    with contextlib.suppress(ConnectionError):
        while data := await source.read(PIECE):
            if rate:
                free = max(free, loop.time()) + len(data) / rate
                await asyncio.sleep(free - loop.time())
            target.write(data)
            await target.drain()
