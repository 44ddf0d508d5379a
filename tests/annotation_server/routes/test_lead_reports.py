import io
import json
import re

import pandas as pd
import pytest
from support.adjudicating import Adjudication

LINK = r'/lead/campaigns/(\w+)">bench</a>'


@pytest.fixture
def world(tmp_path):
    world = Adjudication(tmp_path)
    world.store.add_annotators(["Lea"], world.now, "lead")
    world.answer(world.judith, "fearful", note="her eyes")
    world.open(world.judith)
    world.decide(world.judith, "sad", "the words say so")
    return world


@pytest.fixture
def lea(world):
    return world.enter("Lea")


@pytest.fixture
def token(lea):
    return re.search(LINK, lea.client.get("/lead").text)[1]


def test_the_page_of_a_campaign(world, lea, token):
    page = lea.client.get(f"/lead/campaigns/{token}")
    assert page.status_code == 200
    assert "Krippendorff" in page.text and "ana" in page.text
    assert "style=" not in page.text
    assert page.text.count("/lead/clips/") == 1  # one of the two is decided
    chinese = lea.client.get(f"/lead/campaigns/{token}", headers={"Accept-Language": "zh"}).text
    assert "一致性" in chinese


def test_the_whole_history_of_a_clip(world, lea):
    clip_id = world.store.clips("bench")[0]
    path = lea.post("/api/lead/clip", {"clip_id": clip_id}).json()["path"]
    assert clip_id not in path
    page = lea.client.get(path).text
    for text in (
        "ana",
        "ben",
        "she weeps",
        "her eyes",
        "the words say so",
        "blind answer",
        clip_id,
    ):
        assert text in page, text
    assert lea.post("/api/lead/clip", {"clip_id": "none"}).status_code == 404
    assert lea.client.get("/lead/clips/0").status_code == 404


def read(lea, token, form):
    reply = lea.client.get(f"/lead/export/{token}.{form}")
    assert reply.status_code == 200
    assert "bench" not in str(reply.headers)
    assert not [name for name in ("ana", "ben") if re.search(rf"\b{name}\b", reply.text)]
    return reply.content


def test_exports_have_pseudonyms(world, lea, token):
    history = pd.read_parquet(io.BytesIO(read(lea, token, "parquet")))
    assert len(history) == 4 and history["note"].tolist().count("she weeps") == 2
    long = pd.read_csv(io.BytesIO(read(lea, token, "crowdkit.csv")))
    assert long.columns.tolist() == ["task", "worker", "label"] and len(long) == 4
    tasks = json.loads(read(lea, token, "labelstudio.json"))
    assert [len(task["annotations"]) for task in tasks] == [2, 2]
    assert lea.client.get(f"/lead/export/{token}.exe").status_code == 404
    assert lea.client.get("/lead/export/0.csv").status_code == 404


def test_no_cell_of_an_export_is_a_formula(world, lea, token):
    world.answer(world.kim, "sad", place=1, note='=HYPERLINK("http://x")')
    pages = lea.client.get("/lead").text
    other = re.search(r'/lead/campaigns/(\w+)">bench.adjudication</a>', pages)[1]
    table = pd.read_csv(io.BytesIO(lea.client.get(f"/lead/export/{other}.csv").content))
    assert '\'=HYPERLINK("http://x")' in table["note"].tolist()


@pytest.mark.parametrize("path", ["campaigns/{}", "clips/{}", "export/{}.csv"])
def test_reports_are_for_leads(world, token, path):
    ana = world.enter("ana")
    assert ana.client.get(f"/lead/{path.format(token)}").status_code == 403
    assert ana.post("/api/lead/clip", {"clip_id": "x"}).status_code == 403
    assert world.judith.client.get(f"/lead/{path.format(token)}").status_code == 403


def test_a_campaign_without_votes_has_a_page(world, lea):
    world.store.open_campaign(
        type(world.campaign)("empty", 2, 1, world.campaign.labels, "other"), world.ids
    )
    token = re.search(r'/lead/campaigns/(\w+)">empty</a>', lea.client.get("/lead").text)[1]
    assert lea.client.get(f"/lead/campaigns/{token}").status_code == 200
    for form in ("parquet", "csv", "crowdkit.csv", "labelstudio.json"):
        assert lea.client.get(f"/lead/export/{token}.{form}").status_code == 200
