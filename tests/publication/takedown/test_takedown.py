"""A whole takedown: what goes, what stays, and what a kill leaves."""

import datetime
import shutil

import pytest
from support.film_project import (
    ADDRESS,
    CLIP,
    DIGEST,
    FILM,
    NEEDLES,
    OTHER,
    OTHER_CLIP,
    film_digest,
    make_project,
    read_all,
    read_column,
)

from libra_emo.common.takedowns.journal import STAGING, finish_takedown
from libra_emo.common.takedowns.log import FOLDER, read_log
from libra_emo.publication.checking.check import check_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.takedown.contents.search import names_film
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.needles import Needles
from libra_emo.publication.takedown.takedown import Request, carry_out, try_takedown

DAY = datetime.date(2026, 12, 1)
SALT = "ab" * 16


class Kill(BaseException):
    """A kill, as far as a test can raise one."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("made"))


@pytest.fixture
def project(made, tmp_path):
    copied = tmp_path / "project"
    shutil.copytree(made, copied)
    memory = copied / "data/02_intermediate/.digests.json"
    memory.write_text(memory.read_text().replace(str(made), str(copied)))
    (copied / FOLDER).mkdir(parents=True)
    (copied / FOLDER / "salt").write_text(SALT + "\n")
    return copied


def ask(kind="film", value=FILM):
    return Request(kind, value, "copyright", DAY)


def find_traces(project):
    needles = Needles(ids=NEEDLES, digests=(film_digest(),))
    files = [path for path in project.rglob("*") if path.is_file()]
    named = [path for path in project.rglob("*") if needles.in_text(path.name)]
    return named + [path for path in files if names_film(path, needles)]


QUESTIONS = [("film", FILM), ("sha256", DIGEST), ("url", "https://youtu.be/AAAAAAAAAA1?t=4")]


@pytest.mark.parametrize(("kind", "value"), QUESTIONS)
def test_nothing_of_the_film_is_left_in_any_file(project, kind, value):
    carry_out(project, ask(kind, value))
    assert find_traces(project) == []
    assert not (project / STAGING).exists()


def test_what_goes_and_what_stays(project):
    outcome = carry_out(project, ask())
    data = project / "data"
    assert not (data / "01_raw/films/own.mkv").exists()
    assert not (data / "01_raw/films/own.en.srt").exists()
    assert (data / "01_raw/films/other.mkv").exists()
    assert not (data / "02_intermediate/film_copies/0011/copy.mkv").exists()
    assert OTHER in read_column(data / "03_primary/candidates.parquet", "source_id")
    assert (data / f"03_primary/clips/{OTHER}/{OTHER_CLIP}.mp4").exists()
    assert (data / f"03_primary/shards/.{OTHER}.tar.index").exists()
    # pages that show its clips go with their pictures, figures stay
    assert not (data / "08_reporting/failures/sheet.png").exists()
    assert (data / "08_reporting/figures/rounds.png").exists()
    assert not (data / "06_models/round_1").exists() and (data / "06_models/tiny").exists()
    assert (data / "mlflow/artifacts/1/rounds.csv").exists()
    assert outcome.plan.models == ["data/06_models/round_1"]
    votes = "data/01_raw/annotations.sqlite, "
    tables = ("votes", "vote_details", "assignments")
    assert [outcome.plan.rows[votes + name] for name in tables] == [1, 1, 1]
    assert outcome.plan.rows["data/04_feature/answers.sqlite, answers"] == 1
    assert outcome.plan.rows["data/04_feature/answers.sqlite, checksums"] == 1
    assert outcome.plan.rows["data/05_model_input/labels/round_1.parquet"] == 6


def test_the_next_release_is_a_major_version_that_its_check_accepts(project):
    carry_out(project, ask())
    releases = project / "data/09_release"
    assert [path.name for path in releases.iterdir()] == ["1.0.0"]
    assert check_release(releases / "1.0.0", Traces()) == []
    notice = (releases / "1.0.0/takedowns.md").read_text()
    assert "| 2026-12-01 | the rights holder asked for it | 1 | 6 | 1.0.0 |" in notice


def test_a_second_takedown_makes_the_next_major_version(project):
    carry_out(project, ask())
    carry_out(project, ask("film", OTHER))
    assert [path.name for path in (project / "data/09_release").iterdir()] == ["2.0.0"]
    notice = (project / "data/09_release/2.0.0/takedowns.md").read_text()
    assert notice.count("| 2026-12-01 |") == 2
    assert (project / FOLDER / "reply-2.md").is_file()


def test_the_log_and_the_reply_name_nothing_but_know_the_film(project):
    outcome = carry_out(project, ask())
    log = read_log(project / FOLDER)
    assert log.find(content=DIGEST) == 1 and log.find(content="2" * 64) is None
    assert log.find(content=film_digest()) == 1
    assert log.find(address="http://www.youtube.com/watch?v=AAAAAAAAAA1&t=3") == 1
    assert outcome.reply == (project / FOLDER / "reply-1.md").read_text()
    assert "6 clips" in outcome.reply and "Version 1.0.0" in outcome.reply


def test_an_author_means_all_of_his_films_and_later_ones(project):
    outcome = carry_out(project, ask("author", "a.  AUTHOR"))
    assert outcome.target.films == 4 and outcome.entry["version"] is None
    assert read_log(project / FOLDER).find(author="A. Author") == 1
    assert not list((project / "data/09_release").iterdir())


def test_a_trial_changes_nothing_and_counts_the_same(project):
    before = read_all(project)
    trial = try_takedown(project, ask())
    assert read_all(project) == before
    outcome = carry_out(project, ask())
    assert trial.plan == outcome.plan
    assert trial.entry["clips"] == outcome.entry["clips"] == 6


@pytest.mark.parametrize(
    ("kind", "value", "near"),
    [
        ("film", "own-00000002", FILM),
        ("sha256", "f" * 64, ""),
        ("author", "A. Authors", "A. Author"),
    ],
)
def test_what_is_not_known_changes_nothing(project, kind, value, near):
    before = read_all(project)
    with pytest.raises(TakedownError, match=f"no film is known.*{near}"):
        carry_out(project, ask(kind, value))
    assert read_all(project) == before


def test_an_own_file_without_rows_is_left_and_stops_everything(project):
    (project / "data/01_raw/notes.txt").write_text(f"remember {CLIP}")
    before = read_all(project)
    with pytest.raises(TakedownError, match=r"notes\.txt: names the film"):
        carry_out(project, ask())
    assert read_all(project) == before


def test_a_kill_anywhere_leaves_old_or_new_and_a_second_run_ends_alike(project, tmp_path):
    whole = tmp_path / "whole"
    shutil.copytree(project, whole)
    memory = whole / "data/02_intermediate/.digests.json"
    memory.write_text(memory.read_text().replace(str(project), str(whole)))
    names = []
    carry_out(whole, ask(), names.append)
    wanted, old = read_all(whole), read_all(project)
    for name in [*names[:2], *names[2:-1:9], names[-1]]:
        killed = tmp_path / name.replace(" ", "-")
        shutil.copytree(project, killed)
        with pytest.raises(Kill):
            carry_out(killed, ask(), _kill_at(name))
        if name == "staged":
            assert read_all(killed) == old
            carry_out(killed, ask())
        else:
            assert finish_takedown(killed)
        assert read_all(killed) == wanted, name
        shutil.rmtree(killed)


def _kill_at(name):
    def at(step):
        if step == name:
            raise Kill

    return at


def test_objects_of_the_local_dvc_cache_go(project):
    import hashlib
    import json

    clip = (project / f"data/03_primary/clips/{FILM}/{CLIP}.mp4").read_bytes()
    cache = project / ".dvc/cache/files/md5"
    old = b"an earlier clip"
    digests = [hashlib.md5(content).hexdigest() for content in (clip, old, b"another")]
    for digest, content in zip(digests, (clip, old, b"another"), strict=True):
        (cache / digest[:2]).mkdir(parents=True, exist_ok=True)
        (cache / digest[:2] / digest[2:]).write_bytes(content)
    listing = [{"md5": digests[1], "relpath": f"{FILM}/{CLIP}.mp4"}]
    (cache / "00").mkdir(exist_ok=True)
    (cache / "00/11.dir").write_text(json.dumps(listing))
    carry_out(project, ask("url", ADDRESS))
    left = [path.read_bytes() for path in cache.rglob("*") if path.is_file()]
    assert left == [b"another"]
