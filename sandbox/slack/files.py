"""Files that the app uploads: an address to send the bytes to, then the file itself."""

import mimetypes
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from aiohttp import web

from sandbox.json_object import Json
from sandbox.slack.errors import SlackError
from sandbox.slack.workspace import BOT_USER_ID

MAX_BYTES = 32 * 1024 * 1024
SHOWN_IN_PLACE = ("image/png", "image/jpeg", "image/gif", "image/webp", "text/plain")


@dataclass
class File:
    """A file, empty until its bytes have come."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None

    @property
    def mimetype(self) -> str:
        """Its media type, by its name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class Files:
    """All files, served below `base_url`."""

    def __init__(self) -> None:
        self.base_url = ""
        self._files: dict[str, File] = {}

    def expect(self, name: str, length: int) -> tuple[File, str]:
        """A file to come, and the address its bytes are to be sent to."""
        file = File("F0" + uuid4().hex[:9].upper(), name, length, title=name)
        self._files[file.id] = file
        return file, f"{self.base_url}/upload/{file.id}"

    def complete(self, file_id: str, title: str) -> File:
        """The file, uploaded.

        Raises:
            SlackError: `file_not_found`, also while its bytes have not come.
        """
        file = self._files.get(file_id)
        if file is None or file.content is None:
            raise SlackError("file_not_found")
        file.title = title or file.name
        return file

    def as_slack(self, file: File) -> Json:
        """The file as Slack's file object."""
        url = f"{self.base_url}/files/{file.id}/{quote(file.name, safe='')}"
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "size": file.length,
            "user": BOT_USER_ID,
            "url": url,
            "url_private": url,
            "permalink": url,
        }

    def clear(self) -> None:
        """Forget all files."""
        self._files.clear()

    def routes(self) -> list[web.RouteDef]:
        """`POST /upload/ID` takes the bytes; `GET /files/ID/NAME` gives them back."""
        return [
            web.post("/upload/{id}", self._upload),
            web.get("/files/{id}/{name}", self._download),
        ]

    async def _upload(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404, text="no such upload")
        content = await _uploaded_bytes(request)
        if len(content) != file.length:
            return web.Response(
                status=400, text=f"{file.length} bytes were announced, {len(content)} came"
            )
        file.content = content
        return web.Response(text=f"OK - {file.length}")

    async def _download(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["id"])
        if file is None or file.content is None:
            return web.Response(status=404, text="no such file")
        headers = {"X-Content-Type-Options": "nosniff"}
        if file.mimetype not in SHOWN_IN_PLACE:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)


async def _uploaded_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
