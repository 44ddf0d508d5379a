"""Whether a film is in a release, by whatever names it."""

import pytest
from support.small_release import make_world

from libra_emo.publication.membership import (
    SourcesError,
    find_film,
    list_releases,
    order_version,
    read_sources,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases")
    world = make_world()
    import hashlib

    digest = hashlib.sha256(b"a film").hexdigest()
    world.sources.loc[0, "sha256"] = digest
    world.split.loc[0, "sha256"] = digest
    world.build(folder / "0.1.0")
    return folder


@pytest.fixture(scope="module")
def contents(folder):
    return read_sources(folder / "0.1.0")


@pytest.mark.parametrize(
    ("question", "film"),
    [
        ("https://youtu.be/AAAAAAAAAA1?t=30", "own-00000001"),
        ("http://m.youtube.com/watch?list=x&v=AAAAAAAAAA1", "own-00000001"),
        ("https://player.vimeo.com/video/1234567", "whole-00000003"),
        ("http://films.example.org:80/asked.mp4#t=3", "asked-00000004"),
        ("4" * 64, "asked-00000004"),
    ],
)
def test_a_film_is_found(contents, question, film):
    assert [found["film_id"] for found in find_film(question, contents)] == [film]


def test_a_film_is_found_by_its_file_wherever_it_lies(contents, tmp_path):
    path = tmp_path / "other name.mp4"
    path.write_bytes(b"a film")
    assert [found["film_id"] for found in find_film(str(path), contents)] == ["own-00000001"]
    path.write_bytes(b"another film")
    assert find_film(str(path), contents) == []


@pytest.mark.parametrize("question", ["https://youtu.be/BBBBBBBBBBB", "f" * 64])
def test_others_are_not_found(contents, question):
    assert find_film(question, contents) == []


@pytest.mark.parametrize(
    "question", ["", "nothing", "no/such.mp4", "x" * 5000, "a\0b", "AAAAAAAAAA1"]
)
def test_what_is_no_question_is_an_error(contents, question):
    with pytest.raises(SourcesError, match="no address"):
        find_film(question, contents)


def test_the_published_list_alone_is_enough(folder):
    alone = read_sources(folder / "0.1.0/release.json")
    assert find_film("https://youtu.be/AAAAAAAAAA1", alone)


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"films": 3}', '{"films": null}'])
def test_a_broken_list_is_an_error(tmp_path, content):
    if content is not None:
        (tmp_path / "release.json").write_text(content)
    with pytest.raises(SourcesError):
        read_sources(tmp_path)


def test_the_highest_version_is_first(tmp_path):
    for name in ("0.9.0", "0.10.0", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "draft"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "release.json").touch()
    (tmp_path / "2.0.0").mkdir()
    assert [path.name for path in list_releases(tmp_path)] == [
        *("1.0.0", "1.0.0-rc.10", "1.0.0-rc.2", "0.10.0", "0.9.0", "draft")
    ]
    assert order_version("1.0.0-alpha") > order_version("1.0.0-1")
