"""What the page makes of Slack's texts and moments, asked in the browser itself."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from tests.support.sandbox_process import RunningSandbox

RENDER = """async (text) => {
  const { mrkdwn } = await import("/page/lib/mrkdwn.js");
  const node = document.createElement("div");
  node.append(...mrkdwn(text));
  return node.innerHTML;
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, sandbox_process: RunningSandbox) -> Iterator[Page]:
    """The page, opened once: nothing here changes it."""
    page = browser.new_page()
    page.goto(sandbox_process.ready["page"])
    page.get_by_test_id("message-box").wait_for()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~", "<b>bold</b> <i>it</i> <s>gone</s>"),
        ("*bold with _it_ inside*", "<b>bold with <i>it</i> inside</b>"),
        ("`code *stays*`", "<code>code *stays*</code>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* no bold * at spaces", "* no bold * at spaces"),
        ("库存*不足*了", "库存*不足*了"),
        ("a\nb", "a\nb"),
        ("&gt; quoted\n&gt; again\nnot", "<blockquote>quoted\nagain</blockquote>not"),
        ("> quoted", "<blockquote>quoted</blockquote>"),
        ("see\n```x = '*1*'\ny```\nend", "see<pre>x = '*1*'\ny</pre>end"),
        (":tada: :flag-de: :no_such:", "🎉 🇩🇪 :no_such:"),
        ("at 10:30:45 sharp", "at 10:30:45 sharp"),
        ("<!here> <!channel>", '<span class="mention broadcast">@here</span> '
         '<span class="mention broadcast">@channel</span>'),
        ("<@U404>", '<span class="mention">@U404</span>'),
        ("", ""),
    ],
)  # fmt: skip
def test_mrkdwn_reads_as_in_slack(page: Page, text: str, html: str) -> None:
    assert page.evaluate(RENDER, text) == html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("&lt;!channel&gt; &amp; &lt;@U1&gt;", "<!channel> & <@U1>"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("<javascript:alert(1)|click>", "<javascript:alert(1)|click>"),
        ("<data:text/html,x>", "<data:text/html,x>"),
        ("*<script>alert(1)</script>*", "<script>alert(1)</script>"),
    ],
)
def test_hostile_text_stays_text(page: Page, text: str, shown: str) -> None:
    read = "[node.textContent, node.querySelectorAll('a, img, script').length]"
    assert page.evaluate(RENDER.replace("node.innerHTML", read), text) == [shown, 0]


@pytest.mark.parametrize(
    ("text", "address", "label"),
    [
        ("<https://a.example/?y=1&amp;z=2|the *rule*>", "https://a.example/?y=1&z=2", "the *rule*"),
        ("<https://a.example/x>", "https://a.example/x", "https://a.example/x"),
        ("see https://a.example/x.", "https://a.example/x", "https://a.example/x"),
        ("<mailto:a@b.example|write>", "mailto:a@b.example", "write"),
    ],
)  # fmt: skip
def test_links_lead_where_they_say(page: Page, text: str, address: str, label: str) -> None:
    read = RENDER.replace(
        "node.innerHTML", "[node.querySelector('a').href, node.querySelector('a').textContent]"
    )
    assert page.evaluate(read, text) == [address, label]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"])
@pytest.mark.parametrize(
    "wall", ["2026-03-29T03:30", "2026-10-25T04:00", "2026-11-01T12:00", "2026-12-31T23:59"]
)
def test_a_wall_clock_time_is_the_moment_it_is_in_its_zone(
    page: Page, zone: str, wall: str
) -> None:
    expected = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp()
    ask = "async ([wall, zone]) => (await import('/page/lib/time.js')).momentInZone(wall, zone)"
    assert page.evaluate(ask, [wall, zone]) == expected


def test_date_tokens_are_written_in_the_members_zone(page: Page) -> None:
    # 1763769600 is 2025-11-22 00:00 UTC, 08:00 in Shanghai, where the store's manager is
    shown = page.evaluate(RENDER, "<!date^1763769600^{date_num} {time}|later>")
    assert ">2025-11-22 08:00</time>" in shown


def test_a_day_that_has_ended_is_called_yesterday(page: Page) -> None:
    ask = """async ([ts, now]) =>
      (await import('/page/lib/time.js')).dayName(ts, 'Asia/Shanghai', now)"""
    # 15:59 and 16:01 UTC are 23:59 and 00:01 in Shanghai
    before = datetime.fromisoformat("2026-11-21T15:59:00+00:00").timestamp()
    after = datetime.fromisoformat("2026-11-21T16:01:00+00:00").timestamp()
    assert page.evaluate(ask, [before, after]) == "Yesterday"
    assert page.evaluate(ask, [after, after]) == "Today"
