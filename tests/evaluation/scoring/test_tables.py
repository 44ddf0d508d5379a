import pandas as pd
from support.score_reports import draw_bench, make_report

from libra_emo.evaluation.scoring.published import published_rows
from libra_emo.evaluation.scoring.tables import (
    MEASURED,
    class_table,
    comparison_table,
    confusion_tables,
    open_clips_table,
    people_table,
    score_table,
    to_latex,
    to_markdown,
)


def test_measured_rows_come_first_and_published_ones_are_marked(tmp_path):
    bench = draw_bench(name="bench")
    report = make_report(tmp_path, clips=bench, published=published_rows(bench, None))
    table = score_table(report)
    assert table["origin"].tolist()[:3] == [MEASURED] * 3
    assert set(table["origin"][3:]) == {
        "Table 4: published, not measured here", "Table 6: published, not measured here",
    }  # fmt: skip
    assert table["accuracy"][:3].is_monotonic_decreasing
    gemini = table[(table["model"] == "Gemini-2.0-Flash") & (table["modalities"] == "VAT")]
    assert gemini["macro_f1"].item() == 0.4755


def test_pairs_have_the_better_model_first_with_its_own_counts(tmp_path):
    report = make_report(tmp_path)
    table = comparison_table(report)
    assert (table["difference"] >= 0).all()
    assert (table["difference_low"] <= table["difference"]).all()
    assert (table["difference"] <= table["difference_high"]).all()
    assert (table["only_better"] >= table["only_worse"]).all()
    assert table["p_holm"].is_monotonic_increasing
    one = make_report(tmp_path, accuracies=(0.5,))
    assert comparison_table(one).empty


def test_classes_confusions_and_open_clips_add_up(tmp_path):
    report = make_report(tmp_path)
    assert class_table(report).groupby("model")["truths"].sum().unique() == [195]
    assert confusion_tables(report).groupby("model")["clips"].sum().unique() == [195]
    assert open_clips_table(report).columns.tolist() == ["model", "clip_id", "status"]
    assert people_table(report)["model"].tolist()[-1] == "m0"


def test_tables_as_text():
    table = pd.DataFrame({"model_a": ["100 % & more", None], "f1": [0.5, float("nan")]})
    assert to_markdown(table).splitlines() == [
        "| model_a | f1 |", "| --- | --- |", "| 100 % & more | 0.5000 |", "|  |  |",
    ]  # fmt: skip
    latex = to_latex(table).splitlines()
    assert latex[2] == r"model\_a & f1 \\"
    assert latex[4] == r"100 \% \& more & 0.5000 \\"
