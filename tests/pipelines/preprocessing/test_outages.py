"""Servers that are away or misbehave: two films that were cut before keep all that they have."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from support.drawn_films import write_cues, write_film
from support.film_server import serving_films
from support.portrait import draw_face

from libra_emo.media.options import PreprocessingOptions
from libra_emo.pipelines.preprocessing import nodes
from libra_emo.pipelines.preprocessing.reach import FilmsOutOfReach
from libra_emo.sample.options import SampleOptions
from libra_emo.taxonomy import read_taxonomy

SIZE = (240, 180)
FACE = draw_face(*SIZE, radius=60)
pytestmark = pytest.mark.slow  # each case starts worker processes
OPTIONS = PreprocessingOptions(
    fetching={
        "attempts": 2,
        "first_wait_seconds": 0,
        "max_silent_seconds": 1,
        "max_film_gigabytes": 0.002,
        "max_beside_megabytes": 2,
        "max_film_minutes": 0.02,
    }
)
FOLDERS = (Path("clips"), Path("shards"), Path("finished"))
# what the server does, and what is said of it
PASSING = {
    "status 401": "401 Unauthorized",
    "status 403": "403 Forbidden",
    "status 429": "429 Too Many Requests",
    "status 500": "500 Internal Server Error",
    "status 503": "503 Service Unavailable",
    "loop": "redirects in a circle",
    "reset": "breaks",
    "silent": "no answer in time",
    "page": "a web page in place of the file",
}
BROKEN_COPIES = {
    "reset": "breaks",
    "long": "breaks off",
    "short": "breaks off after 10 of 1000 bytes",
    "endless": "more than 2 MB; raise preprocessing.fetching.max_",
    "drip": "takes more than 0.02 min; raise",
    "page": "a web page in place of the file",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return a server of two films, from which a project has cut clips."""
    folder, project = tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("project")
    for place, name in enumerate(("one", "two")):
        write_film(folder / f"{name}.mp4", [(3.5 + place / 4, FACE)], size=SIZE)
        write_cues(folder / f"{name}.srt", (0.5, 2, f"Hello {name}."))
    before = Path.cwd()
    os.chdir(project)
    with serving_films(folder) as server:
        (project / "list.csv").write_text(f"path\n{server.url}/one.mp4\n{server.url}/two.mp4\n")
        server.before = run()
        server.files, server.folder = digest(project), folder
        assert len(server.before[1]) == 2
        yield server
    os.chdir(before)


@pytest.fixture(autouse=True)
def well(served):
    yield
    served.how, served.only = "well", ""


def run(films="list.csv", options=OPTIONS):
    """Run the preprocessing to its tables, and return them and the error that follows."""
    sample = SampleOptions(films=1, clips=2)
    _, found = nodes.prepare_films(
        films, 1, "local:1", sample, read_taxonomy(), options, FOLDERS[2]
    )
    sources = nodes.list_sources(found, options, Path("copies"), FOLDERS[2])
    steps = nodes.cut_scenes(sources, options, "local:1", *FOLDERS)
    ledger, candidates, _ = next(steps)
    try:
        next(steps)
    except StopIteration:
        return ledger, candidates, None
    except FilmsOutOfReach as error:
        return ledger, candidates, error


def digest(project, places=("clips", "shards", "finished", "copies")):
    files = [path for place in places for path in (project / place).rglob("*") if path.is_file()]
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def check_all_kept(served):
    ledger, candidates, error = run()
    assert ledger.equals(served.before[0])
    assert candidates.equals(served.before[1])
    assert digest(Path.cwd()) == served.files
    return error


@pytest.mark.parametrize("how", PASSING)
def test_films_keep_all_they_have_while_their_server_fails(served, how):
    served.how = how
    error = check_all_kept(served)
    assert "2 of 2 films could not be reached" in str(error)
    assert PASSING[how] in str(error)
    assert "secret" not in str(error)


def test_films_that_were_taken_out_come_back_with_all_they_had(served):
    listed = Path("list.csv").read_text()
    Path("list.csv").write_text(listed.partition(f"{served.url}/two")[0])
    try:
        _, candidates, error = run()
        assert (len(candidates), error) == (1, None)
        assert not list(Path("clips").glob("two-*"))
        assert list(Path(".set_aside").rglob("two-*.mp4"))
    finally:
        Path("list.csv").write_text(listed)
    assert check_all_kept(served) is None


@pytest.mark.parametrize("status", [404, 410])
def test_film_that_is_gone_keeps_what_was_made_of_it(served, status, caplog):
    served.how = f"status {status}"
    assert check_all_kept(served) is None
    assert "kept until it is taken out of `films`" in caplog.text


def test_copies_may_be_removed_while_the_server_fails(served):
    Path("copies").rename("elsewhere")
    served.how = "status 503"
    try:
        ledger, candidates, error = run()
        assert (ledger.equals(served.before[0]), len(candidates)) == (True, 2)
        assert "503" in str(error)
    finally:
        Path("elsewhere").rename("copies") if not Path("copies").exists() else None


@pytest.mark.parametrize("how", BROKEN_COPIES)
def test_changed_film_that_comes_broken_changes_nothing(served, how):
    film = served.folder / "two.mp4"
    time = film.stat().st_mtime
    os.utime(film, (time + 9, time + 9))
    served.how, served.only = how, "two"
    try:
        error = check_all_kept(served)
    finally:
        os.utime(film, (time, time))
    assert "1 of 2 films could not be reached" in str(error)
    assert BROKEN_COPIES[how] in str(error)


def test_new_film_beside_those_out_of_reach_is_cut(served):
    write_film(Path("near.mp4"), [(4, FACE)], size=SIZE)
    write_cues(Path("near.srt"), (0.5, 2, "Near."))
    listed = Path("list.csv").read_text()
    Path("list.csv").write_text(f"{listed}near.mp4\n")
    served.how = "status 500"
    try:
        _, candidates, error = run()
        assert len(candidates) == 3
        assert "2 of 3 films" in str(error)
    finally:
        Path("list.csv").write_text(listed)


def test_trouble_that_passes_is_waited_for(served):
    class Once(str):
        def partition(self, _):
            served.how = "well"
            return "status", " ", "503"

    served.how = Once("status 503")
    assert check_all_kept(served) is None


def test_films_keep_all_they_have_when_nobody_listens_any_more(served):  # the last test
    served.shutdown()
    served.server_close()
    assert "the connection is refused" in str(check_all_kept(served))
