"""Pictures and sound come out of the shards: no film is opened, and it is quicker than a call."""

import importlib.util
from pathlib import Path

import av
import cv2
import pytest
from support.llm_clips import clip_names, make_shards

from libra_emo.llm.client.model import LlmResources, QuestionBuilder
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.options import ModelOptions
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt

ROOT = Path(__file__).parents[3]
PROMPT = Prompt(
    "{% block system %}s{% endblock %}{% block user %}{{ subtitle }}{% endblock %}", "p"
)


def test_no_film_is_opened_and_nothing_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_shards(tmp_path, 2)

    def refuse(*given: object, **more: object) -> None:
        raise AssertionError("a film or a picture is decoded")

    for module, name in ((av, "open"), (cv2, "VideoCapture"), (cv2, "imdecode")):
        monkeypatch.setattr(module, name, refuse)
    prices = PriceList.model_validate({"date": "2026-01-01"})
    with Ledger(tmp_path / "a.sqlite") as ledger:
        resources = LlmResources(source, ledger, PROMPT, prices, Keys(), 1, lambda: "t")
        builder = QuestionBuilder(ModelOptions(name="m", model="openai/m", free=True), resources)
        for clip_id in clip_names(2):
            parts = builder.build(clip_id, "words").messages()[1]["content"]
            assert [part["type"] for part in parts].count("image_url") == 16
            assert parts[-2]["input_audio"]["format"] == "wav"


def test_it_takes_a_fraction_of_a_call(tmp_path: Path) -> None:
    found = importlib.util.spec_from_file_location("preparing", ROOT / "benchmarks/preparing.py")
    assert found is not None and found.loader is not None
    benchmark = importlib.util.module_from_spec(found)
    found.loader.exec_module(benchmark)
    benchmark.make_shards(tmp_path, 10, 10.0)
    measured = benchmark.measure(tmp_path, 10)
    # a quick model answers in 200 ms; some 10 ms were measured
    assert measured["read"] + measured["encode"] < 100
