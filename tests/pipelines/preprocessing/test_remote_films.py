"""Films that lie elsewhere, from the parameter `films` to the ledger."""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest
from support.drawn_films import write_cues, write_film
from support.portrait import draw_face

from libra_emo.configuration.films import digest_films
from libra_emo.configuration.memory.films import DigestMemory
from libra_emo.media.films.process import process_film
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.manifests import FilmsError
from libra_emo.pipelines.preprocessing import nodes
from libra_emo.pipelines.preprocessing.places import source_to_root
from libra_emo.sample.options import SampleOptions
from libra_emo.taxonomy import read_taxonomy

SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)
OPTIONS = PreprocessingOptions(fetching={"first_wait_seconds": 0})
INFORMATION = '{"title": "Far away", "license": "CC0", "language": "en"}'


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """Return a folder of a film with subtitles, and of one that is none."""
    folder = tmp_path_factory.mktemp("far")
    write_film(folder / "season/one film.mp4", [(4, FACE)], size=SIZE)
    write_cues(folder / "season/one film.en.srt", (0.5, 2, "Hello."))
    (folder / "season/one film.info.json").write_text(INFORMATION)
    (folder / "torn.mp4").write_bytes(b"no film")
    return folder


@pytest.fixture
def memory(far):
    system = fsspec.filesystem("memory")
    system.put(str(far), "/far", recursive=True)
    yield "memory://far"
    system.rm("/far", recursive=True)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(far):
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(far)))
    thread = threading.Thread(
        target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def list_sources(films, options=OPTIONS):
    truth, found = nodes.prepare_films(
        films, 1, "local:1", SampleOptions(films=1, clips=2), read_taxonomy()
    )
    assert truth.empty
    return nodes.list_sources(found, options, Path("copies"))


def process(row, options=OPTIONS):
    source = {name: None if value != value else value for name, value in row.items()}
    return process_film(source_to_root(source), options, Path("clips"), Path("shards"))


def check_both(films):
    one, torn = list_sources(films).to_dict("records")
    assert (one["title"], one["license"], one["language"]) == ("Far away", "CC0", "en")
    assert one["video_path"].startswith("copies/")
    assert one["source_id"].startswith("one-film-")
    (clip,) = process(one).candidates
    assert clip["subtitle"] == "Hello."
    assert process(torn).ledger[0]["outcome"] == "unreadable"


def test_folder_in_a_store_is_worked_on(memory):
    check_both(memory)


def test_folder_on_a_server_is_worked_on(server):
    check_both(server)


def test_folder_of_this_machine_by_its_address_is_not_copied(far, project):
    shutil.copytree(far, project / "here")
    table = list_sources((project / "here").as_uri())
    assert set(table["video_path"]) == {"here/season/one film.mp4", "here/torn.mp4"}
    assert not list((project / "copies").rglob("*.mp4"))


def test_one_film_that_cannot_be_fetched_costs_itself_alone(server, project):
    (project / "list.csv").write_text(
        "path,title\n"
        f"{server}/season/one%20film.mp4?token=secret,A\n"
        f"{server}/gone.mp4,B\n"
        "http://ann:secret@127.0.0.1:9/c.mp4,C\n"
        "gs://bucket/d.mp4,D\n"
    )
    table = list_sources("list.csv").set_index("title", drop=False)
    assert len(table) == 4
    assert not table.to_string().count("secret")
    rows = {title: process(row).ledger[0] for title, row in table.to_dict("index").items()}
    assert rows["A"]["outcome"] in ("kept", "no_subtitle")
    for title, reason in (("B", "404 Not Found"), ("C", "is refused"), ("D", "gcsfs")):
        assert rows[title]["outcome"] == "unreadable"
        assert reason in rows[title]["detail"]


def test_refused_film_is_not_fetched(memory, project):
    options = PreprocessingOptions(allowed_licenses=("CC BY 4.0",))
    table = list_sources(memory, options)
    assert not list((project / "copies").rglob("*.mp4"))
    for row in table.to_dict("records"):
        assert process(row, options).ledger[0]["outcome"] == "refused"


def test_subtitle_at_an_address_serves_a_film_of_this_machine(memory, project):
    write_film(project / "near.mp4", [(4, FACE)], size=SIZE)
    (project / "list.csv").write_text(
        "path,subtitle\nnear.mp4,memory://far/season/one film.en.srt\n"
    )
    (row,) = list_sources("list.csv").to_dict("records")
    assert process(row).candidates[0]["subtitle"] == "Hello."


def test_manifest_in_a_store_names_films_of_the_store(memory):
    fsspec.filesystem("memory").pipe("/far/list.csv", b"path,theme\nseason/one film.mp4,drama\n")
    (row,) = list_sources(f"{memory}/list.csv").to_dict("records")
    assert (row["theme"], row["title"], row["width"]) == ("drama", "Far away", 240)


@pytest.mark.parametrize(
    ("films", "reason"),
    [
        ("memory://nowhere/at/all", "no such folder"),
        ("http://ann:secret@127.0.0.1:9/films", "cannot be fetched"),
        ("gs://bucket/films", "package is missing"),
    ],
)
def test_place_that_cannot_be_reached_is_named_without_secrets(films, reason):
    with pytest.raises(FilmsError, match=reason) as caught:
        list_sources(films)
    assert "secret" not in str(caught.value)


def test_digest_changes_with_the_films_and_with_what_a_manifest_names(memory, project):
    remembered = project / "digests.json"
    first = digest_films(memory, project, DigestMemory(remembered))
    assert first
    assert digest_films(memory, project, DigestMemory(remembered)) == first
    (project / "list.csv").write_text(f"path\n{memory}/torn.mp4\nnear.mp4\n")
    listed = digest_films("list.csv", project, DigestMemory(remembered))
    fsspec.filesystem("memory").pipe("/far/torn.mp4", b"another one")
    assert digest_films(memory, project, DigestMemory(remembered)) != first
    changed = digest_films("list.csv", project, DigestMemory(remembered))
    assert changed != listed
    (project / "near.mp4").write_bytes(b"film")
    (project / "near.srt").write_text("words")
    with_words = digest_films("list.csv", project, DigestMemory(remembered))
    (project / "near.srt").write_text("other words")
    assert (
        len({changed, with_words, digest_films("list.csv", project, DigestMemory(remembered))}) == 3
    )
