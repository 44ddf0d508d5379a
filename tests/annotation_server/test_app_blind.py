"""What people must not know: every reply of a whole campaign and its adjudication is searched.

What is searched: addresses, headers, pages, JSON. The clips' ids carry the film's name and seconds.
"""

import json
import re

from support.annotating import World

from libra_emo.annotation.queue_rows import REASONS, QueueRow

PEOPLE = ("Ana Silva", "Ben Okafor", "Zoe Lind", "Jo Adams")
LABELS = {"Ana Silva": "sad", "Ben Okafor": "happy", "Zoe Lind": "angry", "Jo Adams": "fearful"}
PROBABILITY, SEED, TRUTH = 0.123456, 987654321, "despairful"


def open_world(folder):
    """Return a campaign whose rows say why, how probably and with which truth they are asked."""
    world = World(folder, PEOPLE[:3], clips=6, needed=3)
    world.store.add_annotators(PEOPLE[3:], world.now, "adjudicator")
    rows = [
        QueueRow(clip_id, reason, PROBABILITY, SEED, TRUTH)
        for clip_id, reason in zip(world.ids, [*REASONS, "selected"], strict=True)
    ]
    world.store.open_campaign(world.campaign, rows)
    return world


def answer_all(person, label):
    """Answer every clip, look back at each, and open every page that there is."""
    while not (answer := person.next())["done"]:
        token = answer["task"]["token"]
        note = f"a note of {person.key}"
        assert person.vote(token, label, note=note, second="amazed", certainty=3)["stored"]
    history = person.client.get("/api/history", params={"campaign": person.campaign}).json()
    for entry in history:
        person.client.get(f"/api/task/{entry['token']}")
        person.client.get(f"/media/{entry['token']}")
        person.client.get(f"/media/{entry['token']}", headers={"Range": "bytes=5-9"})
        person.client.head(f"/media/{entry['token']}")
    paths = person.world.app.openapi()["paths"]
    for path in [path for path, methods in paths.items() if "get" in methods]:
        for value in {"none", person.campaign, history[0]["token"]}:
            person.client.get(re.sub(r"\{\w+\}", value, path), params={"campaign": person.campaign})
    return history


def hidden_from(world, person):
    """Return what no reply to a person may hold, in small letters."""
    numbers = {key.rsplit("-", 2)[0].split("-")[-1] for key in world.clips}
    others = [name for name in PEOPLE if name.casefold() != person.key]
    return [
        *("secret film", "bench", "000001000", "000005000", str(PROBABILITY), str(SEED)),
        *(clip_id.casefold() for clip_id in world.ids),
        *(key.casefold() for key in world.clips),
        *(f'"{number}"' for number in numbers),
        *(name.casefold() for name in others),
        *(f"a note of {name.casefold()}" for name in others),
    ]


def chosen_labels(content):
    """Yield the labels that JSON gives as somebody's answer, wherever they stand in it."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name in ("label", "second", "truth", "prediction"):
                yield value
            yield from chosen_labels(value)
    elif isinstance(content, list):
        for value in content:
            yield from chosen_labels(value)


def test_no_reply_of_a_campaign_names_what_people_must_not_know(tmp_path):
    world = open_world(tmp_path)
    people = [world.enter(name) for name in PEOPLE[:3]]
    tokens = [answer_all(person, LABELS[world_name(world, person)]) for person in people]
    disputed = world.ids[:2]
    world.store.open_campaign(world.campaign.adjudication, disputed)
    judge = world.enter("Jo Adams")
    tokens.append(answer_all(judge, "fearful"))
    assert [len(history) for history in tokens] == [6, 6, 6, 2]
    assert not set.intersection(*({entry["token"] for entry in history} for history in tokens))
    for person in [*people, judge]:
        assert len(person.replies) > 30
        for reply in person.replies:
            check_reply(world, person, reply)


def world_name(world, person):
    return world.store.annotators()[person.key].name


def check_reply(world, person, reply):
    text = f"{reply.url} {reply.headers}".casefold()
    if not reply.headers["content-type"].startswith("video/"):
        text += reply.text.casefold()
    found = [word for word in hidden_from(world, person) if word in text]
    assert not found, (reply.url, found)
    if reply.content and reply.headers["content-type"] == "application/json":
        content = reply.json()
        written = json.dumps(content)
        assert not re.search(rf"\b({'|'.join(REASONS)}|probability)\b", written), reply.url
        own = {LABELS[world_name(world, person)], "amazed", None}
        assert own.issuperset(chosen_labels(content)), reply.url


def test_names_of_media_files_are_hidden(tmp_path):
    world = open_world(tmp_path)
    ana = world.enter("Ana Silva")
    reply = ana.client.get(f"/media/{ana.next()['task']['token']}")
    assert reply.status_code == 200
    assert "content-disposition" not in reply.headers
    # two people could compare them and find that they see the same file
    assert set(reply.headers).isdisjoint({"etag", "last-modified"})
