"""The floor of `slash_command`: a Bolt bot that answers a constant and does nothing else.

The constant is as long as Watchkeeper's answer, so that both have as much to send.

python -m benchmarks.bare_bot SLACK_API_URL NAME
"""

import asyncio
import sys

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.socket_mode import APP_TOKEN, BOT_TOKEN

LINES = (
    "*SKU-000001* Power station 1 户外电源 1",
    "Available *3,026* = 3,036 on hand − 10 committed; 200 on the way\n• Ningbo: 3,036 (1 h ago)",
    "465 sold in the last 30 days",
)
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": line}} for line in LINES]


async def serve(slack_api_url: str, name: str) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(BOT_TOKEN.format(name), base_url=slack_api_url, session=session)
        app = AsyncApp(client=client, process_before_response=True)

        async def stock(ack: AsyncAck) -> None:
            await ack(text="\n\n".join(LINES), blocks=BLOCKS)

        app.command("/stock")(stock)
        handler = AsyncSocketModeHandler(app, APP_TOKEN.format(name), web_client=client)
        await handler.start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
