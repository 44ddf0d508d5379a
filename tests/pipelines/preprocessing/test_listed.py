"""Films that were listed before: what nobody touched is not read, and every change is noticed."""

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from support.drawn_films import write_cues, write_film

from libra_emo.common.integrity.stamps import SETTLED_NS
from libra_emo.common.takedowns.log import LOG, salt_value
from libra_emo.media.films.sources_table import describe_fetched
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources import Film
from libra_emo.pipelines.preprocessing import listed, listing, nodes
from libra_emo.pipelines.preprocessing.memories import LISTED_FILMS

SALT = "ab" * 16


@contextmanager
def in_this_process(spec):
    with ThreadPoolExecutor(1) as pool:
        yield pool


class Project:
    """A folder of films, and the names of films that were read since it was last asked."""

    def __init__(self, folder):
        self.folder = folder
        self.read = []
        self.options = PreprocessingOptions()
        self.film = Film(folder / "films/a.mp4")

    def describe(self, fetched, options):
        self.read.append(fetched.film.path.name)
        return describe_fetched(fetched, options)

    def list(self, finished="finished"):
        """Return the sources, and the films that were read."""
        self.read.clear()
        films = [self.film, Film(self.folder / "films/b.mp4")]
        place = self.folder / finished if finished else None
        copies = self.folder / "copies"
        table = nodes.list_sources(
            films, self.options, copies, place, "local:1", self.folder / "takedowns"
        )
        return table, sorted(self.read)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    for name, grey in (("a", 40), ("b", 90), ("other", 140)):
        picture = np.full((48, 64, 3), grey, np.uint8)
        write_film(folder / f"{name}.mp4", [(0.4, picture)], size=(64, 48))
    return folder


@pytest.fixture
def project(drawn, tmp_path, monkeypatch):
    films = tmp_path / "films"
    films.mkdir()
    for name in ("a", "b"):
        shutil.copy(drawn / f"{name}.mp4", films)
        write_cues(films / f"{name}.en.srt", (0.1, 0.3, f"Hello from {name}, my dear friend."))
    shutil.copy(drawn / "other.mp4", tmp_path)
    (tmp_path / "takedowns").mkdir()
    monkeypatch.chdir(tmp_path)
    project = Project(tmp_path)
    monkeypatch.setattr(listing, "open_executor", in_this_process)
    monkeypatch.setattr(listing, "describe_fetched", project.describe)
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)
    project.list()
    time.sleep(0.02)  # the clock of file systems ticks some hundred times a second
    return project


def replaced_by_one_of_the_same_size_and_time(project):
    film = project.film.path
    content, before = bytearray(film.read_bytes()), film.stat()
    content[-1] ^= 1
    film.with_name("new").write_bytes(bytes(content))
    os.utime(film.with_name("new"), ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(film.with_name("new"), film)


def written_in_place_with_the_time_of_before(project):
    film = project.film.path
    before = film.stat()
    content = bytearray(film.read_bytes())
    content[-1] ^= 1
    film.write_bytes(bytes(content))
    os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))


def longer(project):
    with project.film.path.open("ab") as film:
        film.write(b"\0\0\0\x08free")


def with_a_link_that_leads_elsewhere(project):
    film = project.film.path
    film.unlink()
    film.symlink_to(project.folder / "other.mp4")


def gone(project):
    project.film.path.unlink()


def with_a_subtitle_more(project):
    write_cues(project.film.path.with_suffix(".de.srt"), (0.1, 0.3, "Guten Tag, mein Freund."))


def with_a_subtitle_less(project):
    project.film.path.with_suffix(".en.srt").unlink()


def with_another_subtitle(project):
    write_cues(project.film.path.with_suffix(".en.srt"), (0.1, 0.3, "Good evening, my friend."))


def with_a_subtitle_in_a_folder(project):
    folder = project.folder / "films/Subs"
    folder.mkdir()
    write_cues(folder / "a.fr.srt", (0.1, 0.3, "Bonjour, mon ami, comment vas-tu ?"))


def with_a_subtitle_that_now_is_of_another_film(project):
    shutil.copy(project.folder / "other.mp4", project.folder / "films/a.en.mp4")


def with_an_unknown_word_in_a_name(project):
    write_cues(project.film.path.with_name("a.draft words.srt"), (0.1, 0.3, "Draft."))


def with_information(project):
    place = project.film.path.with_suffix(".info.json")
    place.write_text(json.dumps({"title": "A title", "license": "CC BY"}))


def with_information_that_leads_nowhere(project):
    project.film.path.with_suffix(".info.json").symlink_to("nowhere")


def with_other_licences(project):
    project.options = PreprocessingOptions(allowed_licenses=["CC BY"])


def with_other_facts(project):
    project.film = replace(project.film, facts={"title": "A title"})


def with_another_language(project):
    project.film = replace(project.film, facts={"language": "zh"})


def with_an_offset(project):
    project.film = replace(project.film, subtitle_offset_seconds=0.5)


def with_a_named_subtitle(project):
    write_cues(project.folder / "own.srt", (0.1, 0.3, "These are words of its own."))
    project.film = replace(project.film, subtitle=str(project.folder / "own.srt"))


CHANGES = [
    replaced_by_one_of_the_same_size_and_time,
    written_in_place_with_the_time_of_before,
    longer,
    with_a_link_that_leads_elsewhere,
    gone,
    with_a_subtitle_more,
    with_a_subtitle_less,
    with_another_subtitle,
    with_a_subtitle_in_a_folder,
    with_a_subtitle_that_now_is_of_another_film,
    with_an_unknown_word_in_a_name,
    with_information,
    with_information_that_leads_nowhere,
    with_other_licences,
    with_other_facts,
    with_another_language,
    with_an_offset,
    with_a_named_subtitle,
]


def test_films_that_nobody_touched_are_not_read(project):
    scratch, read = project.list(finished=None)
    assert read == ["a.mp4", "b.mp4"]
    for _ in range(2):
        table, read = project.list()
        assert read == [] and table.equals(scratch)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_is_noticed_and_costs_its_own_film_alone(project, change):
    before, _ = project.list()
    change(project)
    table, read = project.list()
    # other licences concern every film
    assert set(read) == {"a.mp4", *(["b.mp4"] if change is with_other_licences else [])}
    scratch, _ = project.list(finished=None)
    assert table.equals(scratch) and not table.equals(before)
    again, _ = project.list()
    assert again.equals(scratch)


def test_a_named_subtitle_whose_words_change_is_read_again(project):
    with_a_named_subtitle(project)
    project.list()
    time.sleep(0.02)
    write_cues(project.folder / "own.srt", (0.1, 0.3, "And these are other words of its own."))
    table, read = project.list()
    assert read == ["a.mp4"] and table.equals(project.list(finished=None)[0])


def test_a_licence_that_changes_in_the_information_counts_at_once(project):
    with_other_licences(project)
    with_information(project)
    assert project.list()[0]["width"].notna().tolist() == [True, False]
    assert project.list()[1] == []  # a film that is refused is not read either
    time.sleep(0.02)
    project.film.path.with_suffix(".info.json").write_text('{"license": "all rights reserved"}')
    table, read = project.list()
    assert read == ["a.mp4"] and table["width"].isna().all()


def test_other_code_reads_all_films_again(project, monkeypatch):
    monkeypatch.setattr(listed, "fingerprint_listing", lambda: "other code")
    assert project.list()[1] == ["a.mp4", "b.mp4"]
    assert project.list()[1] == []


def test_a_film_that_was_taken_down_is_neither_listed_nor_remembered(project):
    table, _ = project.list()
    digest = table["sha256"][0]
    entry = {"content": [salt_value(SALT, "content", digest)], "address": [], "author": []}
    line = json.dumps({"number": 1, "salt": SALT, "digests": entry})
    (project.folder / "takedowns" / LOG).write_text(line)
    after, _ = project.list()
    assert after["source_id"].str.startswith("taken-down").sum() == 1
    assert digest not in (project.folder / LISTED_FILMS).read_text()


def test_what_was_written_just_now_is_not_trusted(project, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(project.folder)
    monkeypatch.setattr(listing, "open_executor", in_this_process)
    monkeypatch.setattr(listing, "describe_fetched", project.describe)
    (project.folder / LISTED_FILMS).unlink()
    assert [project.list()[1] for _ in range(2)] == [["a.mp4", "b.mp4"]] * 2


def test_a_film_that_cannot_be_opened_is_tried_again(project):
    project.film.path.write_bytes(b"no film at all")
    assert [project.list()[1] for _ in range(2)] == [["a.mp4"]] * 2


@pytest.mark.parametrize("damage", [b"", b"\xff\n\t\t", b"[" * 99])
def test_a_damaged_memory_costs_time_alone(project, damage):
    scratch, _ = project.list(finished=None)
    (project.folder / LISTED_FILMS).write_bytes(damage)
    assert project.list()[0].equals(scratch)
    assert project.list()[1] == []
