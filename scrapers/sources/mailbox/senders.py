"""Whether a mail is from whom it says, as the own mail server has found (RFC 8601).

Anybody can write any address into `From`. The server that took the mail in has checked it against
the sender's domain and says so in `Authentication-Results`. Only the header that bears the own
server's name counts: the others came with the mail.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST_RESULT = 10_000
"""Characters of one header; a longer one counts for nothing."""


_ALIGNED = (("dkim", "header.d"), ("dkim", "header.i"), ("spf", "smtp.mailfrom"))


@dataclass(frozen=True)
class Result:
    """What one method has found: `dmarc=pass header.from=shop.example`."""

    method: str
    verdict: str
    properties: dict[str, str]


def is_genuine(domain: str, headers: Sequence[str], trusted: str) -> bool:
    """Tell whether the trusted server has found that a mail is from a domain.

    DMARC decides where there is a verdict; without one, a DKIM signature or an SPF pass by that
    domain does (RFC 7489, 3.1).
    """
    results = [result for header in headers for result in _results(header, trusted)]
    policy = [result for result in results if result.method == "dmarc"]
    judged = [result for result in policy if result.verdict != "none"]
    if judged:
        return all(_passes(result, domain, "header.from") for result in judged)
    return any(
        _passes(result, domain, name)
        for result in results
        for method, name in _ALIGNED
        if result.method == method and name in result.properties
    )


def servers(headers: Sequence[str]) -> list[str]:
    """Return the servers that have signed a check, the last one first."""
    return [name for header in headers if (name := _server(_statements(header)))]


def _passes(result: Result, domain: str, name: str) -> bool:
    about = result.properties.get(name, domain).rpartition("@")[2].lower().rstrip(".")
    is_aligned = about == domain or domain.endswith(f".{about}") or about.endswith(f".{domain}")
    return result.verdict == "pass" and is_aligned and "." in about


def _results(header: str, trusted: str) -> Iterator[Result]:
    first, *rest = _statements(header)
    if len(header) > LONGEST_RESULT or _server([first]) != trusted.lower():
        return
    for statement in rest:
        pairs = [pair.partition("=") for pair in re.sub(r"\s*=\s*", "=", statement).split()]
        if pairs:
            method, _, verdict = pairs[0]
            properties = {name.lower(): value for name, _, value in pairs[1:]}
            yield Result(method.partition("/")[0].lower(), verdict.lower(), properties)


def _server(statements: Sequence[str]) -> str:
    words = statements[0].split()
    return words[0].lower() if words and "=" not in words[0] else ""


def _statements(header: str) -> list[str]:
    """Return what stands between the semicolons, without comments and what is quoted."""
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for character in header[:LONGEST_RESULT]:
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == '"' and not depth:
            is_quoted = not is_quoted
            kept.append("_")
        elif is_quoted:
            continue
        elif character in "()":
            depth = max(depth + (1 if character == "(" else -1), 0)
        elif not depth:
            kept.append(character)
    return "".join(kept).split(";")
