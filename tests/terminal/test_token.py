"""`watchkeeper token`: made, shown once, listed without what it is, revoked."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.ledger.pushes import token_hash
from tests.terminal.conftest import Typed


def test_a_token_is_shown_once_and_only_its_hash_is_kept(typed: Typed, place: Path) -> None:
    said = typed("token", "create", "mango_rpa")
    token = said.out.strip()
    assert (said.code, said.out) == (0, f"{token}\n")
    assert token.startswith("wk_")
    assert len(token) == len("wk_") + 43  # 32 random bytes in base64
    assert "shown this once" in said.err
    with closing(sqlite3.connect(place / "ledger.db")) as ledger:
        kept = ledger.execute("SELECT token_hash FROM push_token").fetchall()
        dump = "".join(ledger.iterdump())
    assert kept == [(token_hash(token),)]
    assert token not in dump


def test_no_two_tokens_are_alike(typed: Typed) -> None:
    assert typed("token", "create", "a").out != typed("token", "create", "b").out


def test_the_list_shows_what_each_may_do(typed: Typed) -> None:
    typed("token", "create", "rpa", "--kind", "review", "--kind", "stock")
    typed("token", "create", "erp", "--store", "harborlane")
    typed("token", "revoke", "erp")
    head, erp, rpa = typed("token", "list").out.splitlines()
    assert head.split()[:3] == ["NAME", "STORE", "KINDS"]
    assert rpa.split()[:4] == ["rpa", "harborlane", "review", "stock"]
    assert rpa.endswith("never      works")
    assert erp.split()[:3] == ["erp", "harborlane", "all"]
    assert "revoked 20" in erp


def test_a_name_can_be_given_again_once_it_is_revoked(typed: Typed) -> None:
    first = typed("token", "create", "rpa").out
    assert "first watchkeeper token revoke rpa" in typed("token", "create", "rpa").problem
    assert typed("token", "revoke", "rpa").out == "rpa is revoked\n"
    assert typed("token", "create", "rpa").out != first
    assert typed("token", "list").out.splitlines()[1].endswith("works")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("create", "Mango RPA"), "a name is lower-case letters"),
        (("create", "rpa", "--kind", "orders"), "no kind of record 'orders'"),
        (("create", "rpa", "--store", "harbourlane"), "did you mean 'harborlane'?"),
        (("revoke", "nobody"), "no token 'nobody' works here"),
    ],
)
def test_wrong_use_is_one_line(typed: Typed, arguments: tuple[str, ...], problem: str) -> None:
    assert problem in typed("token", *arguments).problem
