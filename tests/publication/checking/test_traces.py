"""What counts as a trace of a machine or of people, and what does not."""

import pytest

from libra_emo.publication.checking.traces import Traces

TRACES = Traces(names=("Zoë Ångström", "Ben"), secrets=("hunter2hunter2",), places=("/films/x y",))


@pytest.mark.parametrize(
    "text",
    [
        *("/home/ana/films/a.mkv", "see /Users/ana", "(/tmp/clip)", "C:\\Users\\ana\\films"),
        *("D:\\films\\a.mkv", "file:///srv/films", "~/films/a.mkv", "in /films/x y/data"),
        *("sk-abcdefghijklmnop1234", "hf_abcdefghijklmnop1234", "ghp_abcdefghijklmnop1234"),
        *("AKIAABCDEFGHIJKLMNOP", "-----BEGIN RSA PRIVATE KEY-----", "my hunter2hunter2!"),
        *("https://ann:secret@host.example/v1", "postgresql://ann:secret@db/votes"),
    ],
)
def test_traces_are_found(text):
    assert list(TRACES.find(text))


@pytest.mark.parametrize(
    "text",
    [
        *("and/or", "3/4 of them", "https://example.org/home/films", "data/09_release/0.1.0"),
        *("He said: no.", "a risk-averse man", "Ben says hello", "1:30", "student (VAT)"),
        *("a mail to ann@example.org", "https://youtube.com/watch?v=AAAAAAAAAAA", "~5 seconds"),
    ],
)
def test_harmless_texts_are_none(text):
    assert list(TRACES.find(text)) == []


@pytest.mark.parametrize("text", ["Zoë Ångström", "by zoë ångström.", "Ben", "(BEN)"])
def test_names_are_found_as_whole_words_where_they_are_looked_for(text):
    assert list(TRACES.find(text, with_names=True)) == ["the name of an annotator"]
    assert list(TRACES.find("Benedict and bench", with_names=True)) == []


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["Zoë Ångström", "hunter2hunter2", "/films/x y"])
def test_texts_in_bytes_are_found_in_every_coding(text, coding):
    content = b"\xff\xd8\x00" + text.encode(coding) + b"\x01"
    assert list(TRACES.find_in_bytes(content))
    assert list(TRACES.find_in_bytes(b"\xff\xd8\x00Ben~/x/tmp/a\x01")) == []


def test_no_representation_shows_a_secret():
    assert "hunter2" not in repr(TRACES)
