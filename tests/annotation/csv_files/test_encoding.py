import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.annotation.csv_files.encoding import UnknownText, decode

WORDS = ["悲伤", "快乐", "王芳", "José", "Zénon", "François"]
TEXT = "clip_id,annotator,label\r\nc1,王芳,悲伤\r\n"
WESTERN = "clip_id,annotator,label\r\nc1,Zénon,sad\r\nc2,José,sad\r\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030"],
)
def test_a_chinese_file_is_read_in_each_encoding(encoding):
    assert decode(TEXT.encode(encoding), WORDS).removeprefix("\ufeff") == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "utf-16"])
def test_a_western_file_is_read_in_each_encoding(encoding):
    assert decode(WESTERN.encode(encoding), WORDS) == WESTERN


def test_a_traditional_file_is_read_by_its_known_words():
    text = "clip_id,annotator,label\r\nc1,陳麗,sad\r\n"
    assert decode(text.encode("big5"), ["陳麗"]) == text


@pytest.mark.parametrize(
    "beginning", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"SQLite format 3"]
)
def test_files_of_other_programs_are_named(beginning):
    with pytest.raises(UnknownText, match="save it as CSV"):
        decode(beginning + b"\0" * 100)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_text_or_refused(content):
    try:
        assert isinstance(decode(content, WORDS), str)
    except UnknownText:
        pass
