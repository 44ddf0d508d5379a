"""What holds for each route of the application, those that are added later included."""

import json

import hypothesis
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from support.annotating import World, make_vote

from libra_emo.annotation_server.assignments.votes import SentVote
from libra_emo.annotation_server.routes.sessions import COOKIE
from libra_emo.annotation_server.settings import ServerSettings

OPEN_TO_ALL = {"/join/{secret}"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    settings = ServerSettings(link_attempts=100_000)
    world = World(tmp_path_factory.mktemp("world"), clips=4, needed=2, settings=settings)
    world.store.add_annotators(["Lea"], world.now, "lead")
    world.store.add_annotators(["Jo"], world.now, "adjudicator")
    world.store.open_campaign(world.campaign.adjudication, world.ids[:2])
    ana = world.enter("ana")
    ana.vote(ana.next()["task"]["token"])
    return world


@pytest.fixture(scope="module")
def routes(world):
    """Every route: its method, and its path with something in the places of parameters."""
    found = [
        (method.upper(), path)
        for path, methods in world.app.openapi()["paths"].items()
        for method in methods
    ]
    assert len(found) >= 15
    return found


def fill(path, value="0" * 40):
    return "/".join(value if part.startswith("{") else part for part in path.split("/"))


def test_no_route_but_the_links_answers_without_a_session(world, routes):
    client = world.enter("ana").client
    for cookie in ("", "forged", "x.y.z"):
        client.cookies.clear()
        client.cookies.set(COOKIE, cookie)
        for method, path in routes:
            if path not in OPEN_TO_ALL:
                assert client.request(method, fill(path)).status_code == 401, path


def test_no_route_changes_anything_without_the_sessions_token(world, routes):
    for name in ("ana", "Lea", "Jo"):
        person = world.enter(name)
        for method, path in routes:
            if method != "GET":
                for headers in ({}, {"X-CSRF-Token": "0" * 40}):
                    reply = person.client.request(method, fill(path), json={}, headers=headers)
                    assert reply.status_code == 403, path


def test_routes_of_leads_are_for_leads_alone(world, routes):
    for name in ("ana", "Jo"):
        person = world.enter(name)
        for method, path in routes:
            if path.startswith(("/lead", "/api/lead")):
                headers = {"X-CSRF-Token": person.csrf}
                reply = person.client.request(method, fill(path), json={}, headers=headers)
                assert reply.status_code == 403, path


def test_a_link_and_a_session_end_with_their_time(world):
    ana = world.enter("ana")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("libra_emo.annotation_server.access.secrets._DAY_SECONDS", -1)
        assert ana.client.get("/").status_code == 401
    assert ana.client.get("/").status_code == 200
    now, world.now = world.now, world.now.replace(year=2027)
    assert ana.client.get(f"/join/{ana.secret}").status_code == 403
    world.now = now
    assert ana.client.get(f"/join/{ana.secret}").status_code == 200


@hypothesis.settings(max_examples=25)
@given(token=st.text(max_size=70))
def test_no_forged_token_opens_anything(world, token):
    ana = _known(world)
    path = "".join(f"%{byte:02x}" for byte in token.encode("utf-8", "replace")) or "%20"
    for route in ("/media/", "/api/task/", "/label/"):
        assert ana.client.get(route + path).status_code in (404, 422)
    vote = make_vote(token.encode("utf-8", "replace").decode())
    assert ana.send(vote)["refused"][0]["why"] in ("unknown_task", "invalid")


def _known(world):
    if not hasattr(world, "known"):
        world.known = world.enter("ana")
    return world.known


MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.parametrize("name", ["ana", "Lea", "Jo"])
def test_requests_of_every_shape_get_an_answer(world, routes, name):
    """Schemathesis makes requests from the description of the routes, right and wrong ones."""
    person = world.enter(name)
    task = person.next()["task"]["token"] if person.campaign else "0" * 40
    known = {
        **{"campaign": person.campaign or "0" * 40, "token": task, "task": task},
        **{"person": world.server.secret.person("ben"), "secret": person.secret},
    }
    statuses = []

    @hypothesis.settings(max_examples=80, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.seed(1)
    @given(data=st.data())
    def check(data):
        operation = data.draw(st.sampled_from(operations))
        case = data.draw(operation.as_strategy(generation_mode=data.draw(st.sampled_from(MODES))))
        if data.draw(st.booleans()):
            for values in (case.path_parameters, case.query, case.body):
                if isinstance(values, dict):
                    values.update({key: known[key] for key in values if key in known})
        statuses.append(send(person, case))
        assert statuses[-1] < 500, (case.method, case.path)

    schema = schemathesis.openapi.from_dict(world.app.openapi())
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == len(routes)
    check()
    assert {200, 422}.issubset(statuses)


def send(person, case):
    """Send a request as the browser of a person would, and return the status of the answer."""
    body = case.body
    content = json.dumps(body).encode() if not isinstance(body, NotSet | bytes) else body
    reply = person.client.request(
        case.method,
        case.formatted_path,
        params={key: str(value) for key, value in dict(case.query or {}).items()},
        content=None if isinstance(content, NotSet) else content,
        headers={"X-CSRF-Token": person.csrf, "Content-Type": "application/json"},
    )
    return reply.status_code


@hypothesis.settings(max_examples=60)
@given(data=st.data())
def test_votes_of_every_shape_are_stored_or_refused(world, data):
    ana = _known(world)
    answered = ana.client.get("/api/history", params={"campaign": ana.campaign}).json()
    vote = make_vote(answered[0]["token"])  # a change of mind, which may be sent again and again
    for field in data.draw(st.sets(st.sampled_from(sorted(SentVote.model_fields)), min_size=1)):
        vote[field] = data.draw(JSON)
    text = json.dumps({"votes": [vote]}).encode("utf-8", "replace")
    headers = {"X-CSRF-Token": ana.csrf, "Content-Type": "application/json"}
    reply = ana.client.post("/api/votes", content=text, headers=headers)
    assert reply.status_code == 200
    assert len(reply.json()["stored"]) + len(reply.json()["refused"]) == 1
