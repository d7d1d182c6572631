"""How a fault shows over HTTP: refused, failed, held back, cut off, or done but not answered."""

import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.faults import Fault
from sandbox.json_object import Json

Work = Callable[[], Awaitable[web.StreamResponse]]

NO_LINGER = struct.pack("ii", 1, 0)


async def fail(
    request: web.Request, fault: Fault, work: Work, too_many: Json, broken: Json
) -> web.StreamResponse:
    """Answer `request` as `fault` says; `work` is done only where the answer alone is lost.

    `too_many` and `broken` are the service's own words for HTTP 429 and 500.
    """
    match fault.order.mode:
        case "429":
            headers = {"Retry-After": str(fault.order.retry_after)}
            return web.json_response(too_many, status=429, headers=headers)
        case "500":
            return web.json_response(broken, status=500)
        case "lost_answer":
            answer = await work()
            _cut(request, reset=False)
            return answer
        case "hang":
            await fault.hang()
    _cut(request, reset=True)
    return web.Response()


def _cut(request: web.Request, *, reset: bool) -> None:
    """Close the connection without an answer; with `reset`, as a crashed machine does (TCP RST)."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        transport.abort()
    else:
        transport.close()
