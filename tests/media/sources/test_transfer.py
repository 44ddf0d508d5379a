import errno
import tarfile
import zipfile
from pathlib import Path

import fsspec
import pytest
from support.film_server import serving_films

from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources import AddressError
from libra_emo.media.sources.addresses import to_address
from libra_emo.media.sources.fetching import LocalCopies
from libra_emo.media.sources.transfer import read_content

OPTIONS = FetchingOptions(
    attempts=1, max_silent_seconds=2, max_film_gigabytes=0.001, max_beside_megabytes=0.5
)


def copies(tmp_path, **changed):
    return LocalCopies(tmp_path / "copies", OPTIONS.model_copy(update=changed))


def test_member_of_an_archive_that_grows_is_stopped(tmp_path):
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("film.mp4", b"\0" * 50_000_000)
    assert archive.stat().st_size < 100_000
    fetcher = copies(tmp_path)
    with pytest.raises(AddressError, match=r"more than 1 MB; raise .*max_film_gigabytes"):
        fetcher.fetch(f"zip://film.mp4::{archive.as_uri()}")
    assert not [path for path in (tmp_path / "copies").rglob("*") if path.is_file()]


def test_size_that_an_archive_lies_about_is_no_size(tmp_path):
    archive = tmp_path / "liar.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("film.mp4", b"\0" * 5_000_000)
    content = archive.read_bytes()
    size = (5_000_000).to_bytes(4, "little")
    archive.write_bytes(content.replace(size, (500).to_bytes(4, "little")))
    with pytest.raises(AddressError):
        copies(tmp_path).fetch(f"zip://film.mp4::{archive.as_uri()}")


@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_archive_that_is_none_is_wrong_and_one_that_lacks_a_film_has_it_not(tmp_path, ending):
    broken, good = tmp_path / f"broken.{ending}", tmp_path / f"good.{ending}"
    broken.write_bytes(b"no archive" * 999)
    (tmp_path / "a.txt").write_text("a")
    if ending == "zip":
        with zipfile.ZipFile(good, "w") as packed:
            packed.write(tmp_path / "a.txt", "a.txt")
    else:
        with tarfile.open(good, "w") as packed:
            packed.add(tmp_path / "a.txt", "a.txt")
    for archive, kind in ((broken, "wrong"), (good, "gone")):
        with pytest.raises(AddressError) as caught:
            copies(tmp_path).fetch(f"{ending}://film.mp4::{archive.as_uri()}")
        assert caught.value.kind == kind, str(caught.value)


def test_full_disk_is_no_trouble_of_the_server(tmp_path, monkeypatch):
    from libra_emo.common.files import DiskError
    from libra_emo.media.films.fetched import fetch_film
    from libra_emo.media.options import PreprocessingOptions
    from libra_emo.media.sources import Film

    def fill(self, path, place, **_):
        raise OSError(errno.ENOSPC, "No space left on device")

    archive = tmp_path / "films.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("film.mp4", b"film")
    monkeypatch.setattr(fsspec.get_filesystem_class("zip"), "get_file", fill)
    film = Film(Path("film.mp4"), address=to_address(f"zip://film.mp4::{archive.as_uri()}"))
    with pytest.raises(DiskError, match="make room"):
        fetch_film(film, PreprocessingOptions(), copies(tmp_path))


def test_all_films_together_have_a_ceiling(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.mp4").write_bytes(b"\0" * 400_000)
    with serving_films(tmp_path) as server:
        fetcher = copies(tmp_path, max_total_gigabytes=0.001)
        for name in "ab":
            fetcher.fetch(f"{server.url}/{name}.mp4")
        with pytest.raises(AddressError, match="all films together have more than"):
            fetcher.fetch(f"{server.url}/c.mp4")


def test_manifest_has_a_ceiling(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"path\n" * 200_000)
    with serving_films(tmp_path) as server:
        with pytest.raises(AddressError, match="max_beside_megabytes"):
            read_content(to_address(f"{server.url}/list.csv"), OPTIONS)


def test_login_and_query_arrive_and_are_not_sent_elsewhere(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"film")
    with serving_films(tmp_path) as other, serving_films(tmp_path) as server:
        address = f"{server.url}/a.mp4?token=t%2Fx"
        copies(tmp_path).fetch(address.replace("http://", "http://ann:p@s/s@"))
        assert "GET /a.mp4?token=t%2Fx" in server.asked
        assert server.headers["Authorization"].startswith("Basic ")
        server.how = f"redirect {other.url}/a.mp4"
        copies(tmp_path / "again").fetch(address.replace("http://", "http://ann:p@s/s@"))
        assert other.asked
        assert "Authorization" not in other.headers


def test_listing_of_a_server_is_followed_and_a_folder_that_fails_is_not_left_out(tmp_path):
    from libra_emo.media.films.finding import find_films
    from libra_emo.media.sources import FilmsError

    for name in ("a.mp4", "deep/b c.mp4", "deep/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"film")
    with serving_films(tmp_path) as server:
        found = [film.place.removeprefix(server.url) for film in find_films(server.url, OPTIONS)]
        assert found == ["/a.mp4", "/deep/b%20c.mp4"]
        server.how, server.only = "status 500", "deep"
        with pytest.raises(FilmsError, match=r"500 Internal Server Error; nothing was changed"):
            find_films(server.url, OPTIONS)
