import pandas as pd
import pytest

from libra_emo.common.digests import digest_file
from libra_emo.common.integrity.parquet import write_parquet
from libra_emo.evaluation.scoring.versions import ModelIdentity, describe_versions

BENCH = pd.DataFrame({"clip_id": ["a", "b"], "label": ["sad", "happy"]})


def predictions(*given):
    rows = [
        {"model": model, "modalities": shown, "clip_id": clip, "predicted": label}
        for model, shown, labels in given
        for clip, label in zip(("a", "b"), labels, strict=True)
    ]
    return pd.DataFrame(rows)


def versions(*given, bench=BENCH, **identities):
    return describe_versions(predictions(*given), bench, identities)


def test_the_version_of_the_data_is_that_of_the_file_as_kedro_score_shows_it(tmp_path):
    write_parquet(BENCH, tmp_path / "bench.parquet")
    (found,) = versions(("gpt", "V", ["sad", None]))["data_version"]
    assert found == digest_file(tmp_path / "bench.parquet")[:16]


@pytest.mark.parametrize("change", ["truth", "answer", "unreadable"])
def test_a_version_changes_with_what_it_stands_for_and_with_nothing_else(change):
    first = versions(("gpt", "V", ["sad", "happy"]), ("b", "V", ["sad", "sad"])).iloc[0]
    answers = {"answer": ["sad", "angry"], "unreadable": ["sad", None]}.get(
        change, ["sad", "happy"]
    )
    bench = BENCH.assign(label="angry") if change == "truth" else BENCH
    second = versions(("gpt", "V", answers), bench=bench).iloc[0]
    assert (first["data_version"] != second["data_version"]) == (change == "truth")
    assert (first["answers_version"] != second["answers_version"]) == (change != "truth")
    assert first["parser_version"] == second["parser_version"]


def test_a_model_has_its_id_and_the_version_of_its_prompt():
    given = [("gpt", "V", ["sad", "sad"]), ("face", "V", ["sad", "sad"])]
    found = versions(*given, gpt=ModelIdentity("openai/gpt", "p-7")).set_index("model")
    assert found.loc["gpt", ["model_id", "prompt_version"]].tolist() == ["openai/gpt", "p-7"]
    assert found.loc["face", "model_id"] == "" and pd.isna(found.loc["face", "prompt_version"])
