from pathlib import Path

import pytest

from libra_emo.media.sources import AddressError
from libra_emo.media.sources.addresses import (
    is_remote,
    join_address,
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


def test_parts_of_an_address():
    assert name_of("https://host/d/a%20film.mp4?sig=1") == "a film.mp4"
    assert name_of("https://host") == "film"
    assert name_of("zip://d/a.mp4::s3://bucket/x.zip") == "a.mp4"
    assert str(parent_address("s3://bucket/d/a.mp4")) == "s3://bucket/d"
    assert str(parent_address("zip://d/a.mp4::s3://b/x.zip")) == "zip://d::s3://b/x.zip"
    assert str(join_address("zip://d::s3://b/x.zip", "b.mp4")) == "zip://d/b.mp4::s3://b/x.zip"


def test_unknown_kind_and_missing_package_are_reported():
    with pytest.raises(AddressError, match="nonsense"):
        open_system("nonsense://host/a.mp4")
    with pytest.raises(AddressError, match=r"package is missing.*gcsfs"):
        open_system("gs://bucket/films")


def test_login_travels_as_options_of_its_file_system():
    system, path = open_system("https://ann:p%40ss@127.0.0.1:9/a.mp4?token=t#x")
    assert path == "https://127.0.0.1:9/a.mp4"
    assert system.kwargs["auth"].password == "p@ss"
    assert str(system.encode_url(path)) == "https://127.0.0.1:9/a.mp4?token=t"
    assert "p@ss" not in repr(system.storage_options)
    assert "token" not in repr(system.storage_options)
