"""What strangers try: forged tokens, other people's clips, other sites, large and odd requests."""

import pytest
from support.annotating import World, make_vote

from libra_emo.annotation_server.access.headers import HEADERS
from libra_emo.annotation_server.access.links import revoke_links
from libra_emo.annotation_server.routes.sessions import COOKIE
from libra_emo.annotation_server.settings import ServerSettings


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def ana(world):
    return world.enter("ana")


PATHS = ("/", "/lead", "/label/x", "/api/next?campaign=x", "/api/task/x", "/media/x", "/nothing")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(ana, path):
    headers = ana.client.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("path", PATHS[:-1])
@pytest.mark.parametrize("cookie", ["", "forged", "x.y.z"])
def test_nobody_sees_anything_without_a_session(ana, path, cookie):
    ana.client.cookies.clear()
    ana.client.cookies.set(COOKIE, cookie)
    assert ana.client.get(path).status_code == 401


def test_the_cookie_is_for_the_server_alone(world, ana):
    header = next(r for r in ana.replies if "/join/" in str(r.url)).headers["set-cookie"]
    assert "HttpOnly" in header and "SameSite=strict" in header


def test_a_session_ends_with_its_link(world, ana):
    assert revoke_links(world.store, "ana", world.now) == 1
    assert ana.client.get("/").status_code == 401
    assert ana.client.get(f"/join/{ana.secret}").status_code == 403


def test_other_peoples_clips_are_not_there(world, ana):
    ben = world.enter("ben")
    token = ben.next()["task"]["token"]
    assert ana.client.get(f"/api/task/{token}").status_code == 404
    assert ana.client.get(f"/media/{token}").status_code == 404
    assert ana.client.get(f"/label/{ben.campaign}").status_code == 404
    assert ana.post("/api/skip", {"task": token}).status_code == 404
    vote = make_vote(token)
    assert ana.send(vote)["refused"] == [{"id": vote["id"], "why": "unknown_task"}]


def test_the_vote_of_somebody_else_is_neither_replaced_nor_confirmed(world, ana):
    ben = world.enter("ben")
    vote = make_vote(ben.next()["task"]["token"])
    assert ben.send(vote)["stored"] == [vote["id"]]
    stolen = {**vote, "task": ana.next()["task"]["token"], "label": "happy"}
    assert ana.send(stolen)["refused"] == [{"id": vote["id"], "why": "id_taken"}]
    assert world.store.votes("bench")["label"].tolist() == ["sad"]


@pytest.mark.parametrize("token", ["", "wrong", "ä"])
def test_another_site_changes_nothing(world, ana, token):
    vote = make_vote(ana.next()["task"]["token"])
    headers = [(b"x-csrf-token", token.encode())]
    for path, content in [
        ("/api/votes", {"votes": [vote]}),
        ("/api/skip", {"task": vote["task"]}),
        ("/api/language", {"language": "zh"}),
    ]:
        assert ana.client.post(path, json=content, headers=headers).status_code == 403
    assert world.store.votes("bench").empty


@pytest.mark.parametrize("path", ["people", "links", "revoke", "state"])
def test_annotators_are_no_leads(world, ana, path):
    content = {"name": "x", "person": world.server.secret.person("ben"), "active": False}
    assert ana.client.get("/lead").status_code == 403
    assert ana.post(f"/api/lead/{path}", content).status_code == 403
    assert world.store.annotators()["ben"].active


@pytest.mark.parametrize(
    "path",
    ["/media/..%2f..%2fetc%2fpasswd", "/media/%00", "/static/../app.py", "/static/%2e%2e/app.py"],
)
def test_tokens_and_names_are_no_paths(ana, path):
    assert ana.client.get(path).status_code == 404


def test_words_of_a_subtitle_are_no_script(world, ana):
    for key, clip in world.clips.items():
        world.clips[key] = type(clip)(clip.path, "<script>alert(1)</script>", "en", 4.0)
    reply = ana.client.get("/api/next", params={"campaign": ana.campaign})
    assert reply.headers["content-type"] == "application/json"
    assert "<script>alert" not in ana.client.get(f"/label/{ana.campaign}").text


def test_names_of_people_are_escaped(world):
    world.store.add_annotators(["<b>eve</b>", "Lea"], world.now)
    world.store.change_annotator("Lea", role="lead")
    eve, lea = world.enter("<b>eve</b>"), world.enter("Lea")
    assert "<b>eve" not in eve.client.get("/").text
    assert "&lt;b&gt;eve" in lea.client.get("/lead").text
    assert "<b>eve" not in lea.client.get("/lead").text


def test_a_request_that_is_too_large_is_refused(tmp_path):
    world = World(tmp_path, settings=ServerSettings(max_body_bytes=2000))
    ana = world.enter("ana")
    assert ana.post("/api/votes", {"votes": ["x" * 3000]}).status_code == 413
    assert ana.post("/api/votes", {"votes": [1] * 101}).status_code == 422


def test_wrong_links_are_counted(tmp_path):
    world = World(tmp_path, settings=ServerSettings(link_attempts=3))
    ana = world.enter("ana")
    statuses = [ana.client.get(f"/join/guess{n}").status_code for n in range(5)]
    assert statuses == [403, 403, 403, 429, 429]
