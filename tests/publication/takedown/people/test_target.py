"""An annotator withdraws: nothing of the person is left, and everything of the others is."""

import datetime
import json
import shutil
import sqlite3

import pandas as pd
import pytest
from support.film_project import read_all
from support.withdrawing_project import ODD, PEOPLE, make_withdrawing_project

from libra_emo.annotation.csv_votes import import_votes
from libra_emo.annotation.database.withdrawals import remember_withdrawn
from libra_emo.annotation.identity.names import AnnotatorNameError
from libra_emo.annotation.records import restore_records
from libra_emo.annotation.store import VoteStore
from libra_emo.common.takedowns.journal import STAGING, finish_takedown
from libra_emo.common.takedowns.log import FOLDER, read_log
from libra_emo.publication.checking.check import check_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.people.person import Person
from libra_emo.publication.takedown.people.search import names_person
from libra_emo.publication.takedown.takedown import Request, carry_out, try_takedown

DAY = datetime.date(2026, 12, 1)
CLIPS = 6


class Kill(BaseException):
    """A kill, as far as a test can raise one."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    _, pseudonyms = make_withdrawing_project(folder)
    return folder, pseudonyms


@pytest.fixture
def project(made, tmp_path):
    copied = tmp_path / "project"
    shutil.copytree(made[0], copied)
    (copied / FOLDER).mkdir(parents=True)
    (copied / FOLDER / "salt").write_text("ab" * 16 + "\n")
    return copied


def ask(value):
    return Request("annotator", value, "privacy", DAY)


def open_votes(project):
    return VoteStore(f"sqlite:///{project}/data/01_raw/annotations.sqlite")


def read_annotators(path):
    return set(pd.read_parquet(path)["annotator"])


@pytest.mark.parametrize("name", ["Ann", ODD])
def test_nothing_of_the_person_is_left_and_the_counts_balance(project, made, name):
    links = sqlite3.connect(project / "data/01_raw/annotations.sqlite").execute(
        "SELECT id, digest FROM links WHERE annotator = ?", (name.casefold(),)
    )
    tokens = (made[1][name], *(text for row in links for text in row))
    outcome = carry_out(project, ask(name))
    others = tuple(one for one in PEOPLE if one != name)
    person = Person((name,), tokens, others)
    files = [path for path in project.rglob("*") if path.is_file()]
    assert [path for path in files if names_person(path, person, project)] == []
    assert not [path for path in files if any(t.encode() in path.read_bytes() for t in tokens)]
    if name == ODD:  # no word of a film but one has it
        found = [path for path in files if name.encode() in path.read_bytes()]
        assert {path.name for path in found} <= {"candidates.parquet"}
    assert not (project / STAGING).exists()
    left = open_votes(project).history("round_0")
    assert len(left) == CLIPS * 4 and set(left["annotator"]) == set(others)
    for table in ("human_votes", "human_votes/round_0", "votes_so_far/round_0"):
        assert read_annotators(project / f"data/04_feature/{table}.parquet") == set(others)
    assert outcome.entry["votes"] == CLIPS and outcome.entry["people"] == 1


def test_names_that_have_the_name_as_a_part_and_words_of_films_stay(project):
    before = read_all(project)
    carry_out(project, ask("ann"))
    after, data = read_all(project), project / "data"
    for name in ("03_primary/candidates.parquet", "06_models/round_0/words.json"):
        assert after[f"data/{name}"] == before[f"data/{name}"]
    for name in (
        "01_raw/films/film.srt",
        "08_reporting/others.html",
        "mlflow/artifacts/1/rounds.csv",
    ):
        assert after[f"data/{name}"] == before[f"data/{name}"]
    assert (project / ".dvc/cache/files/md5/00/film").exists()
    assert not (project / ".dvc/cache/files/md5/00/old").exists()
    assert not (data / "01_raw/queues/round_0/round_0_Ann.csv").exists()
    assert (data / "01_raw/queues/round_0/round_0_Anna.csv").exists()
    assert not (data / "08_reporting/panel.html").exists()
    assert set(pd.read_csv(data / "01_raw/answers.csv")["annotator"]) == set(PEOPLE) - {"Ann"}
    wide = pd.read_csv(data / "01_raw/wide.csv", sep=";", encoding="utf-16")
    assert set(wide["annotator"]) == set(PEOPLE) - {"Ann"}
    tasks = json.loads((data / "01_raw/tasks.json").read_text())
    assert [one["completed_by"] for one in tasks[0]["annotations"]] == list(PEOPLE[1:])


def test_notes_of_others_stay_without_the_name(project):
    carry_out(project, ask("Ann"))
    store = sqlite3.connect(project / "data/01_raw/annotations.sqlite")
    notes = {note for (note,) in store.execute("SELECT note FROM vote_details")}
    assert f"as [withdrawn] said, and {ODD}, not Mary Ann" in notes and "by Ann" not in notes
    texts = {text for (text,) in store.execute("SELECT text FROM adjudication_messages")}
    assert "Mary Ann asks [withdrawn]" in texts and len(texts) == 4
    assert store.execute("SELECT COUNT(*) FROM assignments").fetchone() == (4,)


@pytest.mark.parametrize("how", ["pseudonym", "spelling"])
def test_a_person_is_found_by_pseudonym_and_in_any_spelling(project, made, how):
    value = made[1][ODD] if how == "pseudonym" else ODD.upper().replace("Ë", "E\u0308")
    assert carry_out(project, ask(value)).entry["votes"] == CLIPS


def test_the_next_release_is_a_major_version_without_the_votes(project, made):
    carry_out(project, ask("Ann"))
    (folder,) = (project / "data/09_release").iterdir()
    assert folder.name == "1.0.0" and check_release(folder, Traces()) == []
    agents = set(pd.read_parquet(folder / "tables/votes.parquet")["agent"])
    assert made[1]["Ann"] not in agents and made[1]["Anna"] in agents
    assert "a person who labelled clips withdrew" in (folder / "takedowns.md").read_text()


def test_the_log_and_the_reply_name_nobody(project, made):
    outcome = carry_out(project, ask("Ann"))
    text = (project / FOLDER / "takedowns.jsonl").read_text() + outcome.reply
    assert "Ann" not in text and made[1]["Ann"] not in text
    assert read_log(project / FOLDER).find(person="ann") == 1
    assert "6 votes" in outcome.reply and "Version 1.0.0" in outcome.reply


def test_the_person_does_not_come_back(project, made, tmp_path):
    answers, records = tmp_path / "old.csv", project / "data/01_raw/vote_records.parquet"
    old = pd.read_csv(project / "data/01_raw/answers.csv").assign(campaign="round_0")
    old.replace("Anna", made[1]["Ann"]).to_csv(answers, index=False)
    everything = pd.read_parquet(records)
    carry_out(project, ask("Ann"))
    store = open_votes(project)
    remember_withdrawn(store, read_log(project / FOLDER).withdrawn)
    refused = import_votes(store, answers, datetime.datetime.now(datetime.UTC)).rejections
    assert list(refused["line"]) == [n for c in range(CLIPS) for n in (2 + 5 * c, 3 + 5 * c)]
    assert not any("Ann" in reason or made[1]["Ann"] in reason for reason in refused["reason"])
    with pytest.raises(AnnotatorNameError, match="name 2 is of a person who withdrew"):
        store.add_annotators(["Bea", " ANN"], datetime.datetime.now(datetime.UTC))
    restored = restore_records(store, everything)
    assert len(restored.refused) == 1 + CLIPS + 1 and restored.votes == 0
    assert "ann" not in store.annotators() and "bea" not in store.annotators()


def test_a_trial_changes_nothing_and_counts_the_same(project):
    before = read_all(project)
    trial = try_takedown(project, ask("Ann"))
    assert read_all(project) == before
    assert trial.plan == carry_out(project, ask("Ann")).plan


@pytest.mark.parametrize("value", ["An", "annotator-0000000000", "Ann Mary", "simulated_02"])
def test_who_is_not_known_changes_nothing(project, value):
    before = read_all(project)
    with pytest.raises(TakedownError, match=r"[Nn]othing was changed"):
        carry_out(project, ask(value))
    assert read_all(project) == before


def test_the_only_lead_leaves_with_advice(project):
    assert "only lead" in carry_out(project, ask("Lea")).target.advice[0]


def test_a_kill_anywhere_leaves_old_or_new_and_a_second_run_ends_alike(project, tmp_path):
    whole, names = tmp_path / "whole", []
    shutil.copytree(project, whole)
    carry_out(whole, ask("Ann"), names.append)
    wanted, old = read_all(whole), read_all(project)
    for name in [*names[:2], *names[len(names) // 2 :][:1], names[-1]]:
        killed = tmp_path / name.replace(" ", "-")
        shutil.copytree(project, killed)
        with pytest.raises(Kill):
            carry_out(killed, ask("Ann"), _kill_at(name))
        if name == "staged":
            assert read_all(killed) == old
            carry_out(killed, ask("Ann"))
        else:
            assert finish_takedown(killed)
        assert read_all(killed) == wanted, name
        shutil.rmtree(killed)


def _kill_at(name):
    def at(step):
        if step == name:
            raise Kill

    return at
