"""A stand-in for Alibaba's gateways, and its contract: what may be asked, what is answered."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from core.ledger.database import Database
from core.settings import Settings, Store
from core.sources import SourceSettings
from tests.support.contracts import example
from tests.support.sources import Bench, source_settings

Form = dict[str, str]
Told = Any
"""JSON, a whole response, or a function of the form that was posted."""

CREDENTIALS = {
    "ALIBABA_APP_KEY": "123456",
    "ALIBABA_APP_SECRET": "app-secret-5d1f",
    "ALIBABA_ACCESS_TOKEN": "access-token-8a2c",
    "ALIBABA_REFRESH_TOKEN": "refresh-token-91be",
}
WINDOW = {"schedule": {"every": "5m"}, "stale_after": "1h", "overlap": "15m", "look_back": "60d"}
PLAIN = {"schedule": {"every": "1h"}, "stale_after": "1d"}
SOURCE = source_settings(
    service="alibaba",
    feeds={
        "orders": WINDOW,
        "refunds": WINDOW,
        "chargebacks": PLAIN,
        "logistics": {**PLAIN, "look_back": "120d"},
        "products": PLAIN,
        "stock": PLAIN,
        "visits": PLAIN,
    },
)


def posted(request: httpx.Request) -> tuple[str, Form]:
    """Return what was asked, by its name, and the form."""
    form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    return form.get("method") or request.url.path.removeprefix("/rest"), form


@dataclass
class Alibaba:
    """Answers each name as it was told to; what was asked is kept, tokens and all."""

    answers: Mapping[str, Told]
    asked: list[tuple[str, Form]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name, form = posted(request)
        self.asked.append((name, form))
        told = self.answers[name]
        if callable(told):
            told = told(form)
        return told if isinstance(told, httpx.Response) else httpx.Response(200, json=told)

    def forms(self, name: str) -> list[Form]:
        return [form for asked, form in self.asked if asked == name]


def bench(
    database: Database,
    settings: Settings,
    store: Store,
    answer: Callable[[httpx.Request], httpx.Response],
    source: SourceSettings = SOURCE,
    **more: Any,
) -> Bench:
    """Return Alibaba's source over a stand-in."""
    credentials = {**CREDENTIALS, **more.pop("credentials", {})}
    return Bench(database, settings, store, source, answer, credentials, "alibaba", **more)


def stamp(text: str) -> dict[str, str]:
    """Return a date as Alibaba writes it, of a moment in ISO 8601."""
    from datetime import datetime  # noqa: PLC0415

    at = datetime.fromisoformat(text)
    return {
        "timestamp": str(int(at.timestamp() * 1000)),
        "format_date": "Jul. 31, 2025, for people",
    }


def thin(number: str, status: str = "undeliver", **more: Any) -> dict[str, Any]:
    """Return a row of the list of orders."""
    dates = {
        "create_date": stamp("2026-03-01T08:00:00+00:00"),
        "modify_date": stamp("2026-03-04T08:00:00+00:00"),
    }
    return {"trade_id": number, "trade_status": status, **dates, **more}


def order_list(*rows: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    """Return a page of the list of orders."""
    count = str(len(rows) if total is None else total)
    return {"code": "0", "value": {"total_count": count, "order_list": list(rows)}}


class ContractBroken(AssertionError):
    """Says what the contract does not have."""


class HeldToAlibaba(httpx.AsyncBaseTransport):
    """Lets a question and its answer pass only as the contract has them."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.contract = example("alibaba/icbu_min_contract.json")
        self.answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        operation = self._operation(request)
        answer = self.answer(request)
        _check_answer(operation, json.loads(await answer.aread()))
        return answer

    def _operation(self, request: httpx.Request) -> dict[str, Any]:
        name, form = posted(request)
        must(request.method == "POST" and not request.url.query, "a form, nothing in the address")
        operation: dict[str, Any] | None = next(
            (o for o in self.contract["operations"].values() if name in _names(o)), None
        )
        must(operation is not None, f"no operation {name}")
        assert operation
        gateway = self.contract["gateways"]["iop_rest" if "/" in name else "iop_sync"]["url"]
        must(str(request.url) == gateway.replace("{path}", name), f"{name} at {request.url}")
        _check_form(operation, form, set(self.contract["common_params"]))
        status = form.get("status")
        must(status is None or status in self.contract["trade_status"], f"status {status}")
        return operation


def must(is_so: bool, what: str) -> None:
    if not is_so:
        raise ContractBroken(f"the contract wants {what}")


def _names(operation: Mapping[str, Any]) -> set[str]:
    """Return the names an operation is asked by; each part of a list of them counts."""
    dotted = operation.get("dotted", [])
    return {operation.get("rest", ""), *([dotted] if isinstance(dotted, str) else dotted)}


def _params(operation: Mapping[str, Any]) -> dict[str, str]:
    """Return what an operation may be asked with; `a (rest) | b (dotted)` are two names."""
    told: dict[str, Any] = {}
    for key, value in operation.items():
        if key.startswith("params") and isinstance(value, dict):
            told |= value
    return {
        name.split()[0]: str(meaning)
        for names, meaning in told.items()
        for name in names.split(" | ")
    }


def _check_form(operation: Mapping[str, Any], form: Form, common: set[str]) -> None:
    allowed = _params(operation)
    for name in ("app_key", "access_token", "timestamp", "sign_method", "sign"):
        must(name in form, name)
    must(re.fullmatch("[0-9]{13}", form["timestamp"]) is not None, "a stamp in milliseconds")
    must(re.fullmatch("[0-9A-F]{64}", form["sign"]) is not None, "a signature in capitals")
    # of these operations the contract knows no parameters
    unknown = set(form) - common - set(allowed) if allowed else set()
    must(not unknown, f"no parameter {', '.join(sorted(unknown))}")
    most = re.match(r"<=(\d+)", allowed.get("page_size", ""))
    must(not most or int(form["page_size"]) <= int(most[1]), "page_size within its limit")
    if "required" in allowed.get("role", ""):
        must(form.get("role") == "seller", "role=seller, the default is the buyer")
    for name in (name for name in form if name.endswith(("date_start", "date_end"))):
        must(set(json.loads(form[name])) == {"date_str", "date_timestamp"}, f"the shape of {name}")


def _check_answer(operation: Mapping[str, Any], told: Any) -> None:
    """Compare an answer, out of its wrappings, with the contract's example or list of fields."""
    if "example_rest" in operation:
        _fits(told, operation["example_rest"], "answer")
    elif "value_fields" in operation:
        _check_fields(told["value"], _fields(operation["value_fields"]))
    elif operation.get("value_root"):
        _fits(told[operation["value_root"]], operation["value"], operation["value_root"])
    elif isinstance(operation["value"], dict) and "result" not in operation["value"]:
        _fits(_inner(told), operation["value"], "value")
    elif isinstance(operation["value"], dict):
        _fits(next(iter(told.values())), operation["value"], "value")
    else:
        names = {name.removesuffix("[]") for name in operation["value"]}
        must(set(_inner(told)) <= names, f"only {names} in {told}")


def _inner(told: Any) -> Any:
    while isinstance(told, dict):
        wrapped = [
            told[key] for key in told if key in ("value", "result") or key.endswith("_response")
        ]
        if not wrapped:
            return told
        told = wrapped[0]
    return told


def _fits(told: Any, like: Any, where: str) -> None:
    """Compare two JSON values: the fields, lists and words of one are those of the other."""
    if isinstance(like, dict) and like:
        must(isinstance(told, dict), f"an object at {where}")
        for name, value in told.items():
            must(name in like, f"no {name} in {where}")
            _fits(value, like[name], f"{where}.{name}")
    elif isinstance(like, list):
        must(isinstance(told, list), f"a list at {where}")
        for value in told:
            _fits(value, like[0], f"{where}[]")
    elif isinstance(like, str) and re.fullmatch(r"[A-Z_]+(\|[A-Z_]+)+", like):
        must(told in like.split("|"), f"one of {like} at {where}, not {told}")
    elif like != {}:
        must(isinstance(told, str | int) and not isinstance(told, float), f"no {told} at {where}")


def _fields(names: list[str]) -> dict[str, set[str]]:
    """Return the fields of an object from `name`, `name{a,b}` and `name[]{a,b}`."""
    found = {}
    for name in names:
        head, _, inner = name.rstrip("}").partition("{")
        found[head.removesuffix("[]")] = set(re.findall(r"[a-z_]+", inner))
    return found


def _check_fields(told: Mapping[str, Any], fields: Mapping[str, set[str]]) -> None:
    for name, value in told.items():
        must(name in fields, f"no {name} in the order")
        for part in _objects(value):
            if "amount" in part:
                _fits(part, {"amount": "4.8700", "currency": "USD"}, name)
                must(isinstance(part["amount"], str), f"a decimal text at {name}")
            elif fields[name]:
                must(set(part) <= fields[name], f"only {fields[name]} in {name}")


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (
        part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)
    )
