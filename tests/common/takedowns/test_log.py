"""The log of takedowns: it knows what was taken down, and says nothing of it."""

import json

import pytest

from libra_emo.common.takedowns.log import (
    LOG,
    TakedownLog,
    TakedownLogError,
    read_log,
    salt_value,
)

SALT = "0123456789abcdef"
VALUES = {"content": "aB" * 32, "address": "https://youtu.be/AAAAAAAAAAA", "author": "Ana  Q."}


def make_entry(number=1, **more):
    digests = {kind: [salt_value(SALT, kind, value)] for kind, value in VALUES.items()}
    return {"number": number, "salt": SALT, "digests": digests, **more}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("content", "ab" * 32),
        ("address", "http://www.youtube.com/watch?v=AAAAAAAAAAA&t=4"),
        ("author", " ana q. "),
    ],
)
def test_every_spelling_is_known(tmp_path, kind, value):
    text = json.dumps(make_entry())
    (tmp_path / LOG).write_text(f"{text}\n")
    assert read_log(tmp_path).find(**{kind: value}) == 1
    assert not any(part in text for part in VALUES.values())


def test_what_is_not_known_and_kinds_that_are_mixed_up_are_not_found():
    log = TakedownLog([make_entry()])
    assert log.find(content="cd" * 32, address=None, author="Ben") is None
    assert log.find(author="ab" * 32) is None
    assert log.has_content("ab" * 32) and not TakedownLog().has_content("ab" * 32)


def test_the_version_is_that_of_the_last_takedown_with_one():
    entries = [make_entry(1, version="2.0.0"), make_entry(2, version=None)]
    assert TakedownLog(entries).version == "2.0.0"
    assert TakedownLog().version is None


def test_without_a_folder_or_file_nothing_was_taken_down(tmp_path):
    assert read_log(None).entries == read_log(tmp_path).entries == []


@pytest.mark.parametrize("content", ["{", "[]", '{"number": 1}', '{"number": 1, "salt": "ab"}'])
def test_a_broken_log_stops_what_would_read_it(tmp_path, content):
    (tmp_path / LOG).write_text(content)
    with pytest.raises(TakedownLogError, match="could come back"):
        read_log(tmp_path)
