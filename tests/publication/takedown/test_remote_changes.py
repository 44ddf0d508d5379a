"""Takedowns in stores that are no files below `data`: PostgreSQL, and SQLite elsewhere."""

import datetime
import json

import pytest
import sqlalchemy as sa
from support.postgres import postgres_url  # noqa: F401 - a fixture
from support.withdrawing_project import PEOPLE, make_withdrawing_project

from libra_emo.annotation.database.withdrawals import remember_withdrawn
from libra_emo.annotation.store import VoteStore
from libra_emo.common.takedowns.journal import STAGING, finish_takedown
from libra_emo.common.takedowns.log import FOLDER, read_log
from libra_emo.common.takedowns.store_changes import StoreChangeError
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.takedown import Request, carry_out, try_takedown

DAY = datetime.date(2026, 12, 1)
LEFT = set(PEOPLE) - {"Ann"}
VOTED = "votes", "vote_details", "links", "assignments", "adjudication_messages", "annotators"


class Kill(BaseException):
    """A kill, as far as a test can raise one."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def project(request, tmp_path):
    """A project whose votes and answers are elsewhere."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/elsewhere.sqlite"
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql:", "postgresql+psycopg:")
    folder = tmp_path / "project"
    store, _ = make_withdrawing_project(folder, url)
    conf = folder / "conf/local"
    conf.mkdir(parents=True)
    entry = {"url": url}
    content = {"annotation_store": entry, "answer_ledger": entry if "post" in url else {}}
    (conf / "credentials.yml").write_text(json.dumps(content))
    return folder, store


def ask(kind, value):
    return Request(kind, value, "privacy", DAY)


def count(store):
    with store.reading() as connection:
        return {
            name: connection.execute(sa.text(f"SELECT COUNT(*) FROM {name}")).scalar()
            for name in VOTED
        }


def test_a_person_leaves_the_store_and_stays_out(project):
    folder, store = project
    before = count(store)
    trial = try_takedown(folder, ask("annotator", "Ann"))
    assert count(store) == before
    outcome = carry_out(folder, ask("annotator", "Ann"))
    assert outcome.plan == trial.plan and outcome.entry["votes"] == 6
    fresh = VoteStore(store.url)
    after = count(fresh)
    gone = dict(zip(VOTED, (6, 6, 1, 1, 1, 1), strict=True))
    assert after == {name: before[name] - gone[name] for name in VOTED}
    assert set(fresh.history("round_0")["annotator"]) == LEFT
    remember_withdrawn(fresh, read_log(folder / FOLDER).withdrawn)
    assert fresh.withdrawn()("ANN") and not fresh.withdrawn()("Anna")


def test_a_kill_after_the_journal_is_ended_by_the_next_command(project):
    folder, store = project

    def kill(step):
        if step == "step 1":
            raise Kill

    with pytest.raises(Kill):
        carry_out(folder, ask("annotator", "Ann"), kill)
    assert store.url not in (folder / STAGING / "journal.json").read_text()
    assert finish_takedown(folder)
    assert set(VoteStore(store.url).history("round_0")["annotator"]) == LEFT


def test_a_film_leaves_the_store(project):
    folder, store = project
    (folder / "data/01_raw/wide.csv").unlink()
    film = "own-00000001"
    clips = list(store.history("round_0")["clip_id"])
    named = sum(clip.startswith(film) for clip in clips)
    assert named
    before = count(store)
    carry_out(folder, ask("film", film))
    after = count(VoteStore(store.url))
    assert before["votes"] - after["votes"] == before["vote_details"] - after["vote_details"]
    assert before["votes"] - after["votes"] == named
    assert not any(clip.startswith(film) for clip in VoteStore(store.url).clips("round_0"))


def test_a_store_that_is_away_stops_what_is_not_begun_and_holds_what_is(project):
    folder, store = project
    credentials = folder / "conf/local/credentials.yml"
    right = credentials.read_text()
    away = {"annotation_store": {"url": "postgresql+psycopg://ana:secret@127.0.0.1:1/votes"}}

    def cut(step):
        if step == "step 0":
            credentials.write_text(json.dumps(away))

    with pytest.raises(StoreChangeError, match="annotation_store in conf/local") as raised:
        carry_out(folder, ask("annotator", "Ann"), cut)
    assert "secret" not in str(raised.value)
    with pytest.raises(StoreChangeError):
        finish_takedown(folder)
    credentials.write_text(right)
    assert finish_takedown(folder)
    assert set(VoteStore(store.url).history("round_0")["annotator"]) == LEFT
    credentials.write_text(json.dumps(away))
    with pytest.raises(TakedownError, match="cannot be reached"):
        try_takedown(folder, ask("annotator", "Anna"))


@pytest.mark.postgres
def test_paid_answers_about_a_film_leave_each_schema(tmp_path, postgres_url):  # noqa: F811
    from libra_emo.llm.ledger.postgres.database import PostgresDatabase

    url = postgres_url.replace("postgresql:", "postgresql+psycopg:")
    for name in ("answers", "explanation_answers"):
        for connection in PostgresDatabase(url, tmp_path / name).open():
            connection.close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for name in ("answers", "explanation_answers"):
            for film in ("own-00000001", "whole-00000003"):
                asked = json.dumps({"clip_id": f"{film}-00000000-00004000"})
                values = {"key": film, "asked": asked}
                query = f"INSERT INTO {name}.answers (key, asked, status) VALUES (:key, :asked, "
                query += "'answered')"
                connection.execute(sa.text(query), values)
    folder = tmp_path / "project/conf/local"
    folder.mkdir(parents=True)
    (folder / "credentials.yml").write_text(json.dumps({"answer_ledger": {"url": url}}))
    outcome = carry_out(tmp_path / "project", ask("film", "own-00000001"))
    assert sum(outcome.plan.rows.values()) == 2
    with engine.connect() as connection:
        for name in ("answers", "explanation_answers"):
            keys = connection.execute(sa.text(f"SELECT key FROM {name}.answers")).scalars()
            assert list(keys) == ["whole-00000003"]
    engine.dispose()
