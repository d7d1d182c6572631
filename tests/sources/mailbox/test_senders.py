"""Who a mail is from: only what the own server has found counts (RFC 8601)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.sources.mailbox.senders import is_genuine, servers

DOMAIN, TRUSTED = "notice.example", "mx.own.example"


def genuine(*headers: str) -> bool:
    return is_genuine(DOMAIN, headers, TRUSTED)


@pytest.mark.parametrize(
    "header",
    [
        "mx.own.example; dmarc=pass (p=REJECT) header.from=notice.example",
        "MX.own.example 1; spf=fail smtp.mailfrom=a@b.c; dmarc=pass header.from=Notice.example",
        "mx.own.example; dkim=pass header.d=notice.example header.s=x",
        "mx.own.example; dkim=fail header.d=x.example; dkim=pass header.i=@mail.notice.example",
        "mx.own.example; spf=pass smtp.mailfrom=bounce@bounces.notice.example; dmarc=none",
        "mx.own.example;\tdkim = pass header.d = notice.example",
    ],
)
def test_what_the_own_server_passes_is_genuine(header: str) -> None:
    assert genuine(header)


@pytest.mark.parametrize(
    "header",
    [
        "mx.own.example; none",
        "mx.own.example; dmarc=fail header.from=notice.example; dkim=pass header.d=notice.example",
        "mx.own.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",
        "mx.own.example; dkim=pass header.d=notice.example.evil.example",
        "mx.own.example; dkim=pass header.d=example",
        "mx.own.example; dkim=pass header.d=",
        "mx.own.example; dkim=pass",
        "mx.own.example.evil.example; dmarc=pass header.from=notice.example",
        "x.example; dmarc=pass header.from=notice.example",
        'mx.own.example; spf=pass smtp.mailfrom="; dmarc=pass header.from=notice.example"@x.y',
        "mx.own.example; spf=none (mx.own.example; dmarc=pass header.from=notice.example)",
        "mx.own.example; dmarc=pass header.from=evil.example",
        "dmarc=pass header.from=notice.example",
        "mx.own.example; dmarc=pass header.from=notice.example" + " " * 20_000,
        "",
    ],
)
def test_everything_else_is_not(header: str) -> None:
    assert not genuine(header)


def test_one_failure_outweighs_a_pass() -> None:
    ok = "mx.own.example; dmarc=pass header.from=notice.example"
    assert genuine(ok, "mx.other.example; dmarc=fail header.from=notice.example")
    assert not genuine(ok, "mx.own.example; dmarc=fail header.from=notice.example")


@given(st.text(max_size=300))
def test_no_header_without_a_pass_makes_a_mail_genuine(junk: str) -> None:
    assert not genuine(f"mx.own.example; x=y {junk}") or "=pass" in junk.replace(" ", "").lower()


def test_the_servers_are_named_for_whoever_sets_it_up() -> None:
    assert servers(["mx.own.example; none", "spf=pass (no name)", ""]) == ["mx.own.example"]
