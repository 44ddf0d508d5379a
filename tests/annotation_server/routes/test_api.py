import pytest
from support.annotating import World

from libra_emo.annotation.store import VoteStoreError


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def ana(world):
    return world.enter("ana")


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        (None, 200, bytes(range(256)) * 8),
        ("bytes=0-9", 206, bytes(range(10))),
        ("bytes=2040-", 206, bytes(range(248, 256))),
        ("bytes=-2", 206, bytes([254, 255])),
        ("bytes=9999-", 416, None),
    ],
)
def test_a_video_comes_whole_or_in_parts(ana, asked, status, expected):
    token = ana.next()["task"]["token"]
    reply = ana.client.get(f"/media/{token}", headers={"Range": asked} if asked else {})
    assert reply.status_code == status
    assert reply.headers["cache-control"] == "private, no-store"
    if expected is not None:
        assert reply.content == expected
        assert reply.headers["content-type"] == "video/mp4"


def test_a_clip_whose_file_is_gone_can_be_skipped(world, ana, tmp_path):
    (tmp_path / "Secret Film.mp4").unlink()
    token = ana.next()["task"]["token"]
    assert ana.client.get(f"/media/{token}").status_code == 404
    assert ana.post("/api/skip", {"task": token}).status_code == 200


def test_a_clip_shows_words_and_the_translation_into_the_persons_language(world, ana):
    for key, clip in world.clips.items():
        changed = {"translations": '{"zh": "你好"}', "face_boxes": "[[0.5, 0.1, 0.9, 0.8, 0.2]]"}
        world.clips[key] = type(clip)(clip.path, clip.subtitle, "en", 4.0, **changed)
    task = ana.next()["task"]
    assert task["translation"] is None
    assert task["face"] == {"boxes": [[0.5, 0.1, 0.9, 0.8, 0.2]]}
    assert ana.post("/api/language", {"language": "zh"}).status_code == 200
    assert ana.client.get(f"/api/task/{task['token']}").json()["translation"] == "你好"
    assert "你的任务" in ana.client.get("/").text


def test_votes_are_asked_for_again_while_the_store_is_away(world, ana, monkeypatch):
    token = ana.next()["task"]["token"]

    def fail(*_):
        raise VoteStoreError("away")

    with monkeypatch.context() as patch:
        patch.setattr("libra_emo.annotation_server.routes.api.record_votes", fail)
        assert ana.post("/api/votes", {"votes": [{"task": token}]}).status_code == 503
    assert ana.vote(token)["stored"]


def test_the_share_is_what_falls_to_each_person(world, ana):
    answer = ana.next()
    assert (answer["answered"], answer["total"]) == (0, 3)
    world.store.add_annotators(["zoe", "kim"], world.now)
    assert ana.next()["total"] == 2


def test_answers_that_the_page_counts_itself_are_left_out(ana):
    tokens = [ana.next()["task"]["token"]]
    ana.vote(tokens[0])
    tokens.append(ana.next()["task"]["token"])
    assert ana.next(tokens[1])["answered"] == 1
    assert ana.next(*tokens)["answered"] == 0
