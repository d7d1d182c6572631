"""Which encoding a file is in, and where its bytes are wrong."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrapers.tables import FileProblem
from scrapers.tables.encoding import BLOCK, encoding_of

CHINESE = st.text(st.characters(codec="gb2312", exclude_characters="\0\r"), min_size=1)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "in.csv"
    path.write_bytes(content)
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(CHINESE)
def test_utf_8_is_never_taken_for_anything_else(tmp_path: Path, text: str) -> None:
    assert encoding_of(written(tmp_path, text.encode())) == "utf-8"


@pytest.mark.parametrize(
    "text", ["商品编码,库存\n露营空调,5\n", "sku,名称\n1,储能电源\n", "联通\n"]
)
def test_chinese_of_older_programs_is_gb18030(tmp_path: Path, text: str) -> None:
    assert encoding_of(written(tmp_path, text.encode("gb18030"))) == "gb18030"


def test_chinese_far_behind_the_beginning_is_found(tmp_path: Path) -> None:
    content = b"sku,name\n" + b"A,plain\n" * (BLOCK // 4) + "B,露营空调\n".encode("gb18030")
    assert encoding_of(written(tmp_path, content)) == "gb18030"


def test_a_character_across_two_blocks_is_whole(tmp_path: Path) -> None:
    lines = b"\n" * (BLOCK - 1)
    assert encoding_of(written(tmp_path, lines + "电\n".encode())) == "utf-8"
    assert encoding_of(written(tmp_path, lines + "电\n".encode("gb18030"))) == "gb18030"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("sku,名称\nA,露营\nB,\xff\n".encode().replace("ÿ".encode(), b"\xff"), 3),
        ("名称\n".encode() * 400_000 + "营".encode()[:2] + b"\n", 400_001),
        ("sku,name\nA,café\nB,Müller GmbH\n".encode("latin-1"), 2),
        ("﻿sku,名\nA,".encode() + b"\x80\n", 2),
        (b"sku,name\nA,\xb5\xe7", None),
        (b"sku,name\nA,\xb5\xe7\n\xff\n", 2),
        (b"\xff\xfes\x00k\x00u\x00\n\x00\x00\xd8\n\x00", 2),
    ],
)
def test_wrong_bytes_are_told_with_their_line(
    tmp_path: Path, content: bytes, line: int | None
) -> None:
    path = written(tmp_path, content)
    if line is None:
        assert encoding_of(path) == "gb18030"
        return
    with pytest.raises(
        FileProblem, match=rf"in.csv: line {line} is not .*: save the file as UTF-8"
    ):
        encoding_of(path)
