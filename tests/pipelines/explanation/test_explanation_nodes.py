import pandas as pd
from small_world import make_world

from libra_emo.explanations.options import ExplanationOptions
from libra_emo.pipelines.explanation.nodes import report_explanations, write_explanations
from libra_emo.taxonomy import read_taxonomy


def test_the_report_counts_every_text_once():
    world = make_world()
    strict = ExplanationOptions(max_characters=200)
    texts = write_explanations(world.rounds[1], world.features, read_taxonomy(), strict)
    report = report_explanations(texts)
    assert sum(report["statuses"].values()) == report["clips"] == 36
    assert sum(row["clips"] for row in report["by_label"].values()) == 36
    passed = sum(row["passed"] for row in report["by_label"].values())
    assert passed == report["statuses"]["ok"] == texts["status"].eq("ok").sum()


def test_the_report_of_no_texts():
    texts = pd.DataFrame({"status": [], "label": [], "writer": [], "explanation": []}, dtype="str")
    assert report_explanations(texts)["clips"] == 0
