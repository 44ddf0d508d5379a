from pathlib import Path

import pytest

from libra_emo.media.sources.addresses import (
    AddressError,
    describe_failure,
    is_remote,
    join_address,
    mask_address,
    name_of,
    open_system,
    parent_address,
    to_path,
)


@pytest.mark.parametrize(
    ("place", "remote"),
    [
        ("s3://bucket/films", True),
        ("https://host/list.csv", True),
        ("memory://films", True),
        ("zip://a.mp4::https://host/films.zip", True),
        ("data/films", False),
        ("/data/films", False),
        ("file:///data/films", False),
        ("local:///data/films", False),
        ("C:/films", False),
        ("a::b", True),
    ],
)
def test_addresses_and_paths_are_distinguished(place, remote):
    assert is_remote(place) == remote


def test_address_of_this_machine_is_a_path():
    assert to_path("file:///data/my%20films") == Path("/data/my films")
    assert to_path("data/100%25") == Path("data/100%25")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://ann:secret@host/a.mp4", "https://***@host/a.mp4"),
        ("https://host/a.mp4?token=secret&x=1", "https://host/a.mp4?***"),
        (
            "no answer from 'ftp://ann:secret@host:21/a' in 3 s",
            "no answer from 'ftp://***@host:21/a' in 3 s",
        ),
        ("url=URL('http://host/a?sig=secret')", "url=URL('http://host/a?***')"),
        ("https://host/a.mp4#secret", "https://host/a.mp4?***"),
        ("data/films/a@b.mp4?", "data/films/a@b.mp4?"),
    ],
)
def test_no_credentials_are_shown(text, masked):
    assert mask_address(text) == masked


def test_parts_of_an_address():
    assert name_of("https://host/d/a%20film.mp4?sig=1") == "a film.mp4"
    assert name_of("https://host") == "film"
    assert name_of("zip://d/a.mp4::s3://bucket/x.zip") == "a.mp4"
    assert parent_address("s3://bucket/d/a.mp4") == "s3://bucket/d"
    assert parent_address("zip://d/a.mp4::s3://bucket/x.zip") == "zip://d::s3://bucket/x.zip"
    assert join_address("zip://d::s3://bucket/x.zip", "b.mp4") == "zip://d/b.mp4::s3://bucket/x.zip"


def test_unknown_kind_and_missing_package_are_reported():
    with pytest.raises(AddressError, match="nonsense"):
        open_system("nonsense://host/a.mp4")
    with pytest.raises(AddressError, match=r"package is missing.*gcsfs"):
        open_system("gs://bucket/films")


def test_reason_is_plain_and_holds_no_secret():
    message = describe_failure(
        "https://ann:secret@host/a.mp4", FileNotFoundError("https://ann:secret@host/a.mp4")
    )
    assert message == "https://***@host/a.mp4: it cannot be fetched: there is no such file"
