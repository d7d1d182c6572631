"""Files that the app uploads as Slack wants it: an address, the bytes, the message."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.sandbox_process import RunningSandbox

CSV = "sku,stock\nPS-0300,4\n"


async def test_an_uploaded_file_stands_in_a_message_and_can_be_fetched(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    await slack.files_upload_v2(
        channel="C0STOCK",
        content=CSV,
        filename="库存 stock.csv",
        title="Stock",
        initial_comment="The list",
    )

    (message,) = sandbox.get("/sandbox/messages", channel="C0STOCK")["messages"]
    (file,) = message["files"]
    fetched = sandbox.http.get(file["url"])
    assert message["text"] == "The list"
    assert (file["title"], file["mimetype"]) == ("Stock", "text/csv")
    assert fetched.text == CSV
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"


async def test_pictures_are_shown_in_place_and_pages_are_not(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    await slack.files_upload_v2(
        channel="C0STOCK",
        file_uploads=[
            {"content": "picture", "filename": "a.png"},
            {"content": "<script>", "filename": "a.html"},
        ],
    )

    (message,) = sandbox.get("/sandbox/messages", channel="C0STOCK")["messages"]
    picture, page = [sandbox.http.get(file["url"]).headers for file in message["files"]]
    assert "Content-Disposition" not in picture
    assert page["Content-Disposition"] == "attachment"


async def test_an_upload_may_come_as_a_form(sandbox: RunningSandbox, slack: AsyncWebClient) -> None:
    ticket = await slack.files_getUploadURLExternal(filename="a.txt", length=3)

    uploaded = sandbox.http.post(ticket["upload_url"], files={"filename": ("a.txt", b"abc")})
    done = await slack.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])

    assert uploaded.status_code == 200
    assert sandbox.http.get(done["files"][0]["url"]).text == "abc"


async def test_an_upload_of_another_length_is_refused(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    ticket = await slack.files_getUploadURLExternal(filename="a.txt", length=3)

    uploaded = sandbox.http.post(ticket["upload_url"], content=b"abcd")

    assert uploaded.status_code == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await slack.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("files.getUploadURLExternal", {"filename": "a", "length": 0}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"length": 3}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": "a"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": [{"id": "F0"}]}, "file_not_found"),
        ("files.completeUploadExternal", {"files": [], "channel_id": "C0X"}, "channel_not_found"),
        ("files.completeUploadExternal", {"files": [], "channel_id": "C0NOBOT"}, "not_in_channel"),
    ],
)
async def test_slack_refuses_with_its_own_words(
    slack: AsyncWebClient, method: str, arguments: dict[str, object], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await slack.api_call(method, json=arguments)

    assert refused.value.response["error"] == error


@pytest.mark.parametrize("path", ["/files/F0/a.txt", "/upload/F0"])
def test_a_file_that_is_not_there_is_not_found(sandbox: RunningSandbox, path: str) -> None:
    verb = "POST" if path.startswith("/upload") else "GET"

    assert sandbox.http.request(verb, path).status_code == 404
