import io
import wave

import pytest
from support.annotating import World

from libra_emo.annotation_server.settings import ServerSettings


@pytest.fixture
def ana(tmp_path):
    return World(tmp_path, settings=ServerSettings()).enter("ana")


def count_tones(ana, attempt):
    reply = ana.client.get(f"/media/tones/{attempt}")
    assert reply.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(reply.content)) as file:
        return round((file.getnframes() / file.getframerate() - 0.35) / 0.6)


def test_work_begins_after_the_tones_were_counted(ana):
    page = ana.client.get(f"/label/{ana.campaign}")
    assert page.url.path == "/sound-check" and f"/label/{ana.campaign}" in page.text
    right = count_tones(ana, 7)
    wrong = {"attempt": 7, "answer": right + 1}
    assert ana.post("/api/sound-check", wrong).json() == {"passed": False}
    assert ana.client.get(f"/label/{ana.campaign}").url.path == "/sound-check"
    assert ana.post("/api/sound-check", {"attempt": 7, "answer": right}).json() == {"passed": True}
    page = ana.client.get(f"/label/{ana.campaign}")
    assert page.url.path == f"/label/{ana.campaign}"
    assert '"muted": false' in page.text


def test_a_person_may_work_without_sound(ana):
    assert ana.post("/api/sound-check", {"attempt": 0, "answer": None}).json() == {"passed": True}
    assert '"muted": true' in ana.client.get(f"/label/{ana.campaign}").text


def test_votes_are_taken_whether_or_not_the_sound_check_holds(ana):
    """An outbox may bring votes of a day before."""
    assert ana.vote(ana.next()["task"]["token"])["stored"]


def test_requests_that_are_no_counts_are_refused(ana):
    for wrong in ({"attempt": -1, "answer": 2}, {"attempt": 1, "answer": "two"}, {}):
        assert ana.post("/api/sound-check", wrong).status_code == 422
    assert ana.client.get("/sound-check?campaign=//evil").status_code == 422
