"""Steps of the chains, as they reach people: in the thread, in the channel, directly, by mail."""

from typing import Any

from core.ledger.life.escalation import escalate
from core.ledger.life.watch import watch
from tests.support.post_office import PostOffice

EMMA, LIN = "U0EMMACLARKE", "U0LINYUE"


def sweep(office: PostOffice) -> None:
    with office.database.write() as ledger:
        escalate(ledger, watch(ledger, office.settings, office.clock()))


async def after(office: PostOffice, minutes: int) -> None:
    """Let time pass, the job run and its posts arrive."""
    office.clock.ahead(minutes=minutes)
    sweep(office)
    await office.deliver(hurry=0)


def direct_messages(office: PostOffice) -> list[dict[str, Any]]:
    """What people were sent directly, by our posts' places."""
    places = [post.place for post in office.posts() if post.recipient.startswith("@")]
    return [
        message
        for place in places
        if place
        for message in office.sandbox.get("/sandbox/messages", channel=place["channel"])["messages"]
        if message["ts"] == place["ts"]
    ]


def broadcast(call: dict[str, Any]) -> bool:
    """Whether a reply was to be shown in the channel too."""
    return str(call["args"].get("reply_broadcast")).lower() in ("1", "true")


async def test_an_unanswered_alert_reaches_its_owner_then_the_manager(office: PostOffice) -> None:
    office.find("R-1")  # Emma's: duty.order
    await office.deliver()
    await after(office, 20)
    [direct] = direct_messages(office)
    assert "2-star review on amazon" in direct["text"]
    await after(office, 10)
    message, *replies = office.said("reviews")
    [reply] = [r for r in replies if "An answer to this was due" in r["text"]]
    assert (reply["thread_ts"], reply["notifies"]) == (message["ts"], [EMMA])
    await after(office, 30)
    shown = [call["args"] for call in office.calls("chat.postMessage") if broadcast(call)]
    assert [args["thread_ts"] for args in shown] == [message["ts"]] * 2
    everyone, manager = (args["text"] for args in shown)
    assert "<@U0EMMACLARKE> <@U0WANGFANG> <@U0LIUYANG> <@U0DANIELNOVAK> Nobody" in everyone
    assert manager.startswith(f"<@{LIN}> 仍无人回应")  # in the language of whom it asks
    [mail] = [m for m in office.mails() if "lin.yue" in str(m["to"])]
    assert "谁来接手" in str(mail)


async def test_a_storm_nobody_answers_is_one_reply_with_a_name(office: PostOffice) -> None:
    office.find(*(f"R-{number}" for number in range(11)), text="<!channel> refund")
    await office.deliver()
    office.clock.ahead(minutes=30)
    sweep(office)
    await office.deliver(hurry=0)
    said = [m for m in office.said("reviews") if "11 alerts wait" in m["text"]]
    assert [m["notifies"] for m in said] == [[EMMA]]
    assert said[0]["thread_ts"] == office.said("reviews")[0]["ts"]
