"""Reading config.yaml: values become types, mistakes become one line each with file and line."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from core.errors import UserError, hint
from core.settings import Settings
from core.stanza import Misfit
from core.values import IN_WORDS

Loc = tuple[int | str, ...]


class ConfigurationError(UserError):
    """What is wrong with the configuration: `problems` holds one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path, model: type[Settings], overrides: dict[str, Any] | None = None) -> Settings:
    """Read and check a configuration file; ConfigurationError names every mistake in it.

    `overrides` are values by dotted path ("database.url") that win over the file.
    """
    document = _parse(path)
    changed = overrides or {}
    for dotted, value in changed.items():
        _override(document, dotted, value)
    try:
        return model.model_validate(document, context=_places(path, document, changed))
    except ValidationError as error:
        schema = model.model_json_schema()
        problems = []
        for problem in error.errors():
            loc = _loc(problem)
            dotted = ".".join(map(_key, loc))
            place = f"{path}:{_line(document, loc)}: {dotted}: " if dotted else f"{path}: "
            if dotted in changed:
                place = f"{dotted}, as set in the environment: "
            problems.append(place + _explain(schema, loc, problem))
        raise ConfigurationError(problems) from None


def _places(path: Path, document: CommentedMap, changed: Collection[str]) -> dict[str, str]:
    """Return where each value of the checks stands, by its path: `config.yaml:142 factor: 1.8`."""
    places = {}
    for loc, value in _values(document.get("checks"), ("checks",)):
        dotted = ".".join(map(str, loc))
        here = f"{path.name}:{_line(document, loc)}"
        where = "set in the environment:" if dotted in changed else here
        places[dotted] = f"{where} {loc[-1]}: {value}"
    return places


def _values(node: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    """Yield every value that is no mapping, with its path."""
    if isinstance(node, CommentedMap):
        for key, child in node.items():
            yield from _values(child, (*loc, key))
    else:
        yield loc, node


def _key(part: int | str) -> str:
    return str(part) if str(part).isprintable() else repr(part)


def _override(document: CommentedMap, dotted: str, value: Any) -> None:
    *parents, key = dotted.split(".")
    place = document
    for parent in parents:
        place = place.setdefault(parent, CommentedMap())
        if not isinstance(place, CommentedMap):
            return  # the file has something else there, which is told soon
    place[key] = value


def _parse(path: Path) -> CommentedMap:
    try:
        document = YAML().load(_text(path))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = (error.problem or "no YAML").splitlines()[0]
        raise ConfigurationError([f"{path}:{line}: not valid YAML: {problem}"]) from None
    except (YAMLError, ValueError, RecursionError) as error:  # a 31 February, a thousand brackets
        problem = str(error).partition("\n")[0]
        raise ConfigurationError([f"{path}: not valid YAML: {problem}"]) from None
    if not isinstance(document, CommentedMap):
        raise ConfigurationError([f"{path}:1: expected keys and values, such as `stores:`"])
    return document


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(
            [f"{path}: no such file; give another with --config or WATCHKEEPER_CONFIG"]
        ) from None
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}"]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError([f"{path}:{line}: not UTF-8; save the file as UTF-8"]) from None


def _loc(problem: Any) -> Loc:
    """Return the path of the key that a problem is about."""
    error = problem.get("ctx", {}).get("error")
    where = error.where if isinstance(error, Misfit) else ()
    told: Loc = problem["loc"]
    if told[:1] == ("sources",):
        told = (*told[:2], *told[3:])  # the third is no key: it says which service's form was held
    return tuple(part for part in (*told, *where) if part != "[key]")


_PLAINLY = {
    "model_type": "allowed: keys and values",
    "model_attributes_type": "allowed: keys and values",
    "dict_type": "allowed: keys and values",
    "list_type": "allowed: a list",
    "string_type": "allowed: text",
    "int_parsing": "allowed: a whole number",
    "int_type": "allowed: a whole number",
    "int_from_float": "allowed: a whole number",
    "decimal_parsing": "allowed: a number",
    "decimal_type": "allowed: a number",
    "union_tag_not_found": "`service` is missing, the kind of source",
}
"""What some of pydantic's errors mean, for people who do not write Python."""


def _explain(schema: dict[str, Any], loc: Loc, problem: Any) -> str:
    match problem["type"]:
        case "missing":
            return "is missing; the config.yaml that came with Watchkeeper shows it"
        case "extra_forbidden":
            known = sorted(_known_keys(schema, problem["loc"][:-1]))
            return f"no such key; {hint(str(loc[-1]), known)}"
        case "value_error":
            return _found(problem) + str(problem["ctx"]["error"])
        case "string_pattern_mismatch":
            return f"{_found(problem)}allowed: {IN_WORDS[problem['ctx']['pattern']]}"
        case "union_tag_invalid":
            ctx = problem["ctx"]
            told = f"service: found {ctx['tag']!r}; allowed: {ctx['expected_tags']}"
        case _:
            told = str(problem["msg"]).replace("Input should be", "allowed:")
    return _found(problem) + _PLAINLY.get(problem["type"], told)


def _found(problem: Any) -> str:
    found = problem["input"]
    if isinstance(found, dict | list | BaseModel):
        return ""
    return "found nothing; " if found is None else f"found {_without_password(repr(found))}; "


def _without_password(text: str) -> str:
    return re.sub(r"(://[^:/@]*):.*@", r"\1:…@", text)


def _line(document: CommentedMap, loc: Loc) -> int:
    """Return the line of the last part of `loc` that the file has, counted from 1."""
    line: int = document.lc.line
    place: Any = document
    for part in loc:
        try:
            line, place = place.lc.data[part][0], place[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line + 1


def _known_keys(schema: dict[str, Any], loc: Loc) -> set[str]:
    """Return the keys that the schema allows at `loc`."""
    places = [schema]
    for part in loc:
        places = [child for place in places for child in _children(_resolved(schema, place), part)]
    nodes = (node for place in places for node in _resolved(schema, place))
    return {key for node in nodes for key in node.get("properties", {})}


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Follow `$ref` and the branches of `anyOf` and `oneOf`, where no tag tells them apart."""
    if "$ref" in node:
        yield from _resolved(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[1]])
    elif "discriminator" in node:
        yield node
    elif branches := node.get("anyOf") or node.get("oneOf"):
        for branch in branches:
            yield from _resolved(schema, branch)
    else:
        yield node


def _children(nodes: Iterator[dict[str, Any]], part: int | str) -> Iterator[dict[str, Any]]:
    for node in nodes:
        tagged = node.get("discriminator", {}).get("mapping", {})
        if part in tagged:
            yield {"$ref": tagged[part]}
        elif isinstance(part, int):
            yield from filter(None, [node.get("items")])
        elif part in node.get("properties", {}):
            yield node["properties"][part]
        elif isinstance(node.get("additionalProperties"), dict):
            yield node["additionalProperties"]
        else:
            yield from node.get("patternProperties", {}).values()
