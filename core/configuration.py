"""Reading config.yaml: values become types, mistakes become one line each with file and line."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from core.errors import UserError
from core.settings import Settings


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
    for dotted, value in (overrides or {}).items():
        *parents, key = dotted.split(".")
        place = document
        for parent in parents:
            place = place.setdefault(parent, CommentedMap())
        place[key] = value
    try:
        return model.model_validate(document)
    except ValidationError as error:
        schema = model.model_json_schema()
        raise ConfigurationError(
            [_explain(path, document, schema, problem) for problem in error.errors()]
        ) from None


def _parse(path: Path) -> CommentedMap:
    try:
        document = YAML().load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            [f"{path}: no such file; give another with --config or WATCHKEEPER_CONFIG"]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: cannot be read: {error}"]) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = (error.problem or "is not YAML").splitlines()[0]
        raise ConfigurationError([f"{path}:{line}: not valid YAML: {problem}"]) from None
    except YAMLError as error:
        raise ConfigurationError([f"{path}: not valid YAML: {error}"]) from None
    if not isinstance(document, CommentedMap):
        raise ConfigurationError([f"{path}:1: expected keys and values, such as `stores:`"])
    return document


def _explain(path: Path, document: CommentedMap, schema: dict[str, Any], problem: Any) -> str:
    loc = tuple(part for part in problem["loc"])
    line = _line(document, loc)
    place = ".".join(str(part) for part in loc)
    head = f"{path}:{line}: {place}: " if place else f"{path}:{line}: "
    match problem["type"]:
        case "missing":
            return head + "is missing; the config.yaml that came with Watchkeeper shows it"
        case "extra_forbidden":
            known = sorted(_known_keys(schema, loc[:-1]))
            near = difflib.get_close_matches(str(loc[-1]), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(known)
            return head + f"no such key; {hint}"
        case "value_error":
            return head + _found(problem) + str(problem["ctx"]["error"])
    allowed = str(problem["msg"]).replace("Input should be", "allowed:")
    return head + _found(problem) + allowed


def _found(problem: Any) -> str:
    found = problem["input"]
    return "" if isinstance(found, dict | list) else f"found {found!r}; "


def _line(document: CommentedMap, loc: tuple[int | str, ...]) -> int:
    """Return the line of the last part of `loc` that the file has, counted from 1."""
    line: int = document.lc.line
    place: Any = document
    for part in loc:
        try:
            line, place = place.lc.data[part][0], place[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line + 1


def _known_keys(schema: dict[str, Any], loc: tuple[int | str, ...]) -> set[str]:
    """Return the keys that the schema allows at `loc`."""
    places = [schema]
    for part in loc:
        places = [child for place in places for child in _children(_resolved(schema, place), part)]
    return {key for place in places for node in _resolved(schema, place) for key in _keys(node)}


def _keys(node: dict[str, Any]) -> list[str]:
    return list(node.get("properties", {}))


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Follow `$ref` and the branches of `anyOf`."""
    if "$ref" in node:
        yield from _resolved(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[1]])
    elif "anyOf" in node:
        for branch in node["anyOf"]:
            yield from _resolved(schema, branch)
    else:
        yield node


def _children(nodes: Iterator[dict[str, Any]], part: int | str) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if isinstance(part, int):
            yield from filter(None, [node.get("items")])
        elif part in node.get("properties", {}):
            yield node["properties"][part]
        elif isinstance(node.get("additionalProperties"), dict):
            yield node["additionalProperties"]
