import re

import pytest
from support.annotating import World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.store.add_annotators(["Lea"], world.now, "lead")
    return world


@pytest.fixture
def lea(world):
    return world.enter("Lea")


def test_a_lead_sees_progress_and_people(world, lea):
    ana = world.enter("ana")
    ana.vote(ana.next()["task"]["token"])
    page = lea.client.get("/lead").text
    row = re.search(r"<tr[^>]*><th scope=.row.>ana</th>.*?</tr>", page, re.DOTALL)[0]
    assert ">1</td>" in row and "bench" in page and "ben" in page
    assert lea.campaign is None


def test_a_lead_invites_somebody_whose_link_works_until_it_is_revoked(world, lea):
    link = lea.post("/api/lead/people", {"name": "Zoe"}).json()
    assert link["name"] == "Zoe"
    assert lea.client.get(link["path"]).status_code == 200
    zoe = world.enter("Zoe")
    lea = world.enter("Lea")
    token = world.server.secret.person("zoe")
    assert lea.post("/api/lead/revoke", {"person": token}).json() == {"revoked": 2}
    assert zoe.client.get("/").status_code == 401
    again = lea.post("/api/lead/links", {"person": token}).json()
    assert zoe.client.get(again["path"]).status_code == 200
    assert zoe.client.get("/").status_code == 200


def test_the_store_keeps_no_secret_of_a_link(world, lea, tmp_path):
    world.store.reading()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("votes.sqlite*"))
    assert lea.secret.encode() not in content


def test_a_lead_pauses_people_and_takes_them_back(world, lea):
    token = world.server.secret.person("ana")
    for active in (False, True):
        assert lea.post("/api/lead/state", {"person": token, "active": active}).status_code == 200
        assert world.store.annotators()["ana"].active is active


def test_a_person_is_replaced_by_another_one(world, lea):
    ana = world.enter("ana")
    token = world.server.secret.person("ana")
    link = lea.post("/api/lead/replace", {"person": token, "name": "Zoe"}).json()
    people = world.store.annotators()
    assert not people["ana"].active and people["zoe"].active
    assert ana.client.get("/").status_code == 401
    assert lea.client.get(link["path"]).status_code == 200
    lea = world.enter("Lea")
    assert lea.post("/api/lead/replace", {"person": token, "name": "ben"}).status_code == 409
    assert world.store.annotators()["ben"].active


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("people", {"name": "ANA"}, 409),
        ("people", {"name": "=x()"}, 422),
        ("people", {"name": "Zoe", "role": "king"}, 422),
        ("links", {"person": "nobody"}, 404),
        ("state", {"person": "nobody", "active": "maybe"}, 422),
    ],
)
def test_what_cannot_be_done_is_refused(lea, path, content, status):
    assert lea.post(f"/api/lead/{path}", content).status_code == status
