"""The Chinese catalog has every message of the templates and commands, and nothing but them."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from core.texts import CATALOGS

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "templates", ROOT / "bot" / "slack")


@pytest.fixture(scope="module")
def messages() -> set[str]:
    """Every message in the sources, as `make catalog` extracts them."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    mappings = pyproject["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {mapping["pattern"]: mapping for mapping in mappings}
    keywords = {**DEFAULT_KEYWORDS, "message": None}
    return {
        str(found[2])
        for folder in SOURCES
        for found in extract_from_dir(folder, methods, options, keywords)
    }


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (CATALOGS / "zh_CN.po").open("rb") as file:
        return read_po(file, locale="zh_CN")


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%(?:\(\w+\))?\w", text))


def test_every_message_has_a_translation(messages: set[str], chinese: Catalog) -> None:
    translated = {str(m.id) for m in chinese if m.id and m.string and not m.fuzzy}
    assert len(messages) > 70, "the extraction found too little to mean anything"
    assert messages - translated == set(), "translate them in templates/locale/zh_CN.po"


def test_no_translation_is_left_over(messages: set[str], chinese: Catalog) -> None:
    assert {str(m.id) for m in chinese if m.id} - messages == set()
    assert not chinese.obsolete


def test_translations_keep_their_placeholders(chinese: Catalog) -> None:
    for message in chinese:
        if message.id:
            assert placeholders(str(message.id)) == placeholders(str(message.string)), message.id


def test_translations_are_chinese(chinese: Catalog) -> None:
    words = "[\u4e00-\u9fff：；，、]"  # or the marks between them
    same = [m.id for m in chinese if m.id and not re.search(words, str(m.string))]
    assert same == []
