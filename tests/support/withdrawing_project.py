"""A project in which people labelled clips, and one of them is to be found in each kind of file."""

import datetime
import json
import sqlite3

import pandas as pd
import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import ASSIGNMENTS, MESSAGES, VOTE_DETAILS
from libra_emo.annotation.exchange.pseudonyms import make_pseudonyms
from libra_emo.annotation.identity.names import name_key
from libra_emo.annotation.records import read_records
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.links import make_link
from libra_emo.common.integrity.parquet import write_parquet
from libra_emo.schemas import HumanVotes, check
from support.small_release import make_world

ODD = 'Zoë "Z" O\'Brien-王'
PEOPLE = ("Ann", "Anna", "Mary Ann", ODD, "Lea")
NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
ANSWERS = ("sad", "happy", "angry")


def make_withdrawing_project(project, url=None):
    """Write a project's data, and return its folder, its store and everybody's pseudonym."""
    data, world = project / "data", make_world()
    (data / "01_raw").mkdir(parents=True)
    store = VoteStore(url or f"sqlite:///{data}/01_raw/annotations.sqlite")
    clips = list(world.candidates["clip_id"])[:6]
    votes = fill_store(store, clips)
    pseudonyms = {name: make_pseudonyms(store, [name_key(name)])[name_key(name)] for name in PEOPLE}
    _write_tables(data, store, votes)
    _write_texts(data, clips)
    _write_runs(data)
    _write_release(data, world, votes, pseudonyms)
    store.__dict__.pop("_engine").dispose()
    return store, pseudonyms


def fill_store(store, clips):
    """Let everybody answer for each clip, with a note, a message, a place in a queue and a link."""
    names = [name for name in PEOPLE if name != "Lea"]
    store.add_annotators(names, NOW)
    store.add_annotators(["Lea"], NOW, "lead")
    campaign = Campaign("round_0", len(PEOPLE), 2, ANSWERS, "other")
    store.open_campaign(campaign, clips)
    rows = [
        ("round_0", clip, name, ANSWERS[(place + number) % 3], None, 1.5)
        for number, clip in enumerate(clips)
        for place, name in enumerate(PEOPLE)
    ]
    columns = ["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"]
    votes = check(pd.DataFrame(rows, columns=columns), HumanVotes)
    store.add_votes(votes, NOW)
    history = store.history("round_0")
    others = {"Anna": f"as Ann said, and {ODD}, not Mary Ann"}
    with store.writing() as connection:
        details = [
            {"vote_id": row.vote_id, "note": others.get(row.annotator, f"by {row.annotator}")}
            | {"distress": False, "other_person": False, "played_s": 3.0, "plays": 1}
            | {"muted": False}
            for row in history.itertuples()
        ]
        connection.execute(sa.insert(VOTE_DETAILS), details)
        for name in PEOPLE:
            about = {"campaign": "round_0", "clip_key": "k", "annotator": name_key(name)}
            text = {"id": f"m{name}", "text": f"{name} asks Ann", "received_at": "2026"}
            connection.execute(sa.insert(MESSAGES), about | text)
            place = {"token": f"t{name}", "leased_until": "2026"}
            connection.execute(sa.insert(ASSIGNMENTS), about | place)
    for name in PEOPLE:
        make_link(store, name_key(name), NOW)
    return history


def _write_tables(data, store, votes):
    for name in ("human_votes/round_0", "votes_so_far/round_0", "human_votes"):
        _table(data / f"04_feature/{name}.parquet", votes)
    _table(data / "03_primary/.set_aside/votes.parquet", votes)
    _table(data / "01_raw/vote_records.parquet", read_records(store))
    words = pd.DataFrame({"clip_id": ["a", "b"], "subtitle": ["Ann", f"{ODD} left"]})
    _table(data / "03_primary/candidates.parquet", words)
    cache = data.parent / ".dvc/cache/files/md5/00"
    _table(cache / "old", votes.iloc[::-1])
    (cache / "film").write_bytes(b"\0 Ann \0")


def _write_texts(data, clips):
    rows = [
        {"clip_id": clip, "annotator": name, "label": "sad"} for clip in clips for name in PEOPLE
    ]
    answers = pd.DataFrame(rows)
    raw = data / "01_raw"
    answers.to_csv(raw / "answers.csv", index=False)
    answers.to_csv(raw / "wide.csv", index=False, sep=";", encoding="utf-16")
    (raw / "queues/round_0").mkdir(parents=True)
    for name in ("Ann", "Anna"):
        own = answers[answers["annotator"] == name]
        own.to_csv(raw / f"queues/round_0/round_0_{name}.csv", index=False)
    tasks = [{"id": 1, "annotations": [{"completed_by": name, "result": []} for name in PEOPLE]}]
    (raw / "tasks.json").write_text(json.dumps(tasks))
    (raw / "films").mkdir()
    (raw / "films/film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nAnn!\n")
    reports = data / "08_reporting"
    reports.mkdir(parents=True)
    alpha = {name: 0.5 for name in PEOPLE}
    (reports / "agreement.json").write_text(json.dumps({"alpha": alpha}))
    (reports / "panel.html").write_text("<td>Ann</td><td>Zo&euml;</td>")
    (reports / "others.html").write_text("<td>Anna</td><td>Mary Ann</td>")
    (data / "06_models/round_0").mkdir(parents=True)
    (data / "06_models/round_0/words.json").write_text(json.dumps({"vocabulary": ["Ann"]}))


def _write_runs(data):
    artifacts = data / "mlflow/artifacts/1"
    artifacts.mkdir(parents=True)
    alpha = "annotator,alpha\n" + "".join(
        f'"{name.replace(chr(34), chr(34) * 2)}",1\n' for name in PEOPLE
    )
    (artifacts / "alpha.csv").write_text(alpha)
    (artifacts / "rounds.csv").write_text("round\n1\n")
    runs = sqlite3.connect(data / "mlflow/mlflow.db")
    runs.execute("CREATE TABLE experiments (name TEXT)")
    runs.execute("CREATE TABLE params (key TEXT, value TEXT)")
    runs.execute("CREATE TABLE runs (run_uuid TEXT, user_id TEXT)")
    runs.executemany("INSERT INTO params VALUES ('panel', ?)", [(name,) for name in PEOPLE])
    runs.execute("INSERT INTO runs VALUES ('1', 'Ann')")
    runs.commit()
    runs.close()


def _write_release(data, world, votes, pseudonyms):
    import support.small_release as small

    before, small.PSEUDONYMS = small.PSEUDONYMS, pseudonyms
    try:
        world.human_votes = votes
        world.build(data / "09_release/0.1.0")
    finally:
        small.PSEUDONYMS = before


def _table(path, table):
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(table, path)
