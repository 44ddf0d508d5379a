from pathlib import Path

import pandas as pd
from support.small_world import make_world

from libra_emo.explanations import cue_writer
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.explanation.nodes import report_explanations, write_explanations
from libra_emo.schemas import ExplanationAttempts, empty
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
PROMPT = Prompt("{% block system %}{% endblock %}{% block user %}{% endblock %}", "p")


def test_the_default_writer_asks_nobody_and_reads_no_clip(tmp_path: Path) -> None:
    world, options = make_world(), ExplanationOptions()
    prices = PriceList.model_validate({"date": "2026-01-01"})
    texts, attempts, rules = write_explanations(
        world.rounds[1], world.features, ShardReader(tmp_path / "none"), Ledger(tmp_path / "a"),
        PROMPT, prices, Keys(), TAXONOMY, options, 7,
    )  # fmt: skip
    plain = cue_writer.write_explanations(world.rounds[1], world.features, TAXONOMY, options)
    pd.testing.assert_frame_equal(texts, plain)
    assert attempts.empty and rules.empty


def test_the_report_counts_every_text_once() -> None:
    world = make_world()
    strict = ExplanationOptions(max_characters=200)
    texts = cue_writer.write_explanations(world.rounds[1], world.features, TAXONOMY, strict)
    report, table = report_explanations(texts, empty(ExplanationAttempts))
    assert sum(report["statuses"].values()) == report["clips"] == 36
    assert sum(row["clips"] for row in report["by_label"].values()) == 36
    passed = sum(row["passed"] for row in report["by_label"].values())
    assert passed == report["statuses"]["ok"] == texts["status"].eq("ok").sum()
    assert "cost_usd" not in report, "nobody was asked"
    assert set(table["attempt"]) == {"last"} and table["texts"].sum() == 36


def test_the_report_of_no_texts() -> None:
    texts = pd.DataFrame(
        {"clip_id": [], "status": [], "label": [], "writer": [], "explanation": []}, dtype="str"
    )
    report, table = report_explanations(texts, empty(ExplanationAttempts))
    assert report["clips"] == 0 and table.empty
