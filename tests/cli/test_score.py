import json

import pandas as pd
import pytest
from click.testing import CliRunner
from support.score_reports import draw_bench, draw_labels, write_answers
from support.shared_files import shared_file

from libra_emo.cli.score import score
from libra_emo.common.code_digests import find_reach, source_tree
from libra_emo.common.digests import digest_file
from libra_emo.evaluation.scoring.versions import parser_version

# Table 7 of the paper: hits of Libra-Emo-8B and of Libra-Emo-Omni-7B
HITS = {
    "8b": {"happy": 307, "surprised": 126, "neutral": 241, "sad": 313,
           "angry": 310, "disgusted": 2, "fearful": 102},
    "omni": {"happy": 280, "surprised": 132, "neutral": 277, "sad": 253,
             "angry": 279, "disgusted": 2, "fearful": 120},
}  # fmt: skip
LISTED = ("happy", "sad", "neutral", "angry", "surprised", "disgusted", "fearful")


def run(*arguments):
    return CliRunner().invoke(score, [str(each) for each in arguments])


@pytest.fixture
def bench(tmp_path):
    clips = draw_bench()
    table = pd.DataFrame({
        "clip_id": clips.clip_ids,
        "label": [clips.classes.names[place] for place in clips.truth],
        "film": clips.film,
    })  # fmt: skip
    table.to_csv(tmp_path / "bench.csv", index=False)
    return clips


@pytest.mark.parametrize(("model", "uar", "war"), [("8b", 52.55, 59.85), ("omni", 51.16, 57.37)])
def test_dfew_as_the_paper_scored_it(tmp_path, model, uar, war):
    folder = shared_file("labels/dfew_folds")
    lines = (folder / "DFEW_set_1_test.txt").read_text().splitlines()
    left, rows = dict(HITS[model]), []
    for line in lines:
        path, _, code = line.split()
        truth = LISTED[int(code)]
        right = left[truth] > 0
        left[truth] -= right
        rows.append((path.rpartition("/")[2], truth if right else LISTED[(int(code) + 1) % 7]))
    answers = tmp_path / "answers.csv"
    pd.DataFrame(rows, columns=["clip_id", "predicted"]).to_csv(answers, index=False)
    out = tmp_path / "scores.json"
    result = run(answers, "--set", "dfew", "--truth", folder, "--fold", 1, "--json", out)
    assert result.exit_code == 0, result.output
    found = json.loads(out.read_text())
    assert round(100 * found["uar"], 2) == uar
    assert round(100 * found["war"], 2) == war
    assert f"{uar:.2f}" in result.output
    assert "Emotion-LLaMA" in result.output


def test_several_files_are_compared_and_gaps_are_named(tmp_path, bench):
    labels = draw_labels(bench, 0.7, seed=1)
    labels[:2] = [None, ""]
    good = write_answers(tmp_path / "good.csv", bench, labels)
    bad = write_answers(tmp_path / "bad.csv", bench, draw_labels(bench, 0.2, seed=2))
    result = run(good, bad, "--set", tmp_path / "bench.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "good: no answer for 1 clips: c0" in result.output
    assert "good: 1 unreadable, 1 missing" in result.output
    assert "1 pairs" in result.output
    assert (tmp_path / "out/report.html").is_file()


def test_the_projects_votes_are_not_for_a_table_of_ones_own(tmp_path, bench, monkeypatch):
    place = tmp_path / "data/04_feature/human_votes/bench.parquet"
    place.parent.mkdir(parents=True)
    votes = {"clip_id": ["other"], "annotator": ["a"], "label": ["happy"]}
    pd.DataFrame(votes).to_parquet(place)
    monkeypatch.chdir(tmp_path)
    answers = write_answers(tmp_path / "a.csv", bench, draw_labels(bench, 0.7, seed=1))
    result = run(answers, "--set", tmp_path / "bench.csv")
    assert result.exit_code == 0, result.output


def test_seven_classes_of_thirteen_labels(tmp_path, bench):
    labels = draw_labels(bench, 0.5, seed=1)
    answers = write_answers(tmp_path / "a.csv", bench, labels)
    fine, coarse = tmp_path / "13.json", tmp_path / "7.json"
    for classes, out in (("13", fine), ("7", coarse)):
        place = tmp_path / "bench.csv"
        assert run(answers, "--set", place, "--classes", classes, "--json", out).exit_code == 0
    found = json.loads(coarse.read_text())
    assert len(found["classes"]) == 7
    assert found["accuracy"] > json.loads(fine.read_text())["accuracy"]


def test_votes_of_people_are_shown(tmp_path, bench):
    answers = write_answers(tmp_path / "a.csv", bench, draw_labels(bench, 0.5, seed=1))
    votes = pd.DataFrame(
        [
            (clip, f"person {person}", bench.classes.names[place])
            for clip, place in zip(bench.clip_ids, bench.truth, strict=True)
            for person in range(4)
        ],
        columns=["clip_id", "annotator", "label"],
    )
    votes.to_csv(tmp_path / "votes.csv", index=False)
    result = run(answers, "--set", tmp_path / "bench.csv", "--votes", tmp_path / "votes.csv")
    assert "One annotator against the others: 100.00" in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("clip_id,predicted\nc0,sad\nzz,sad\n", "1 of its ids are not in bench: zz"),
        ("clip_id,predicted\nc0,sad\nc0,sad\n", "more than one answer"),
        ("clip_id,predicted\nc0,bored\n", "which is no class"),
        ("clip_id,predicted\nq,sad\n", "none of its 1 ids is of bench"),
    ],
)
def test_wrong_input_is_one_clear_line(tmp_path, bench, content, message):
    (tmp_path / "a.csv").write_text(content)
    result = run(tmp_path / "a.csv", "--set", tmp_path / "bench.csv")
    assert result.exit_code == 1
    assert message in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_bench_without_truth_and_answers_that_are_not_there(tmp_path, bench):
    answers = write_answers(tmp_path / "a.csv", bench, draw_labels(bench, 0.5, seed=1))
    bare = tmp_path / "bare.csv"
    bare.write_text("clip_id\nc0\n")
    assert "there is no truth to score by" in run(answers, "--set", bare).output
    assert "cannot be read" in run(tmp_path / "b.csv", "--set", tmp_path / "bench.csv").output
    assert "neither a set nor a file" in run(answers, "--set", "nothing").output


@pytest.mark.parametrize("option", ["--out", "--json"])
def test_a_place_that_cannot_be_written_ends_with_one_line(tmp_path, bench, option):
    answers = write_answers(tmp_path / "a.csv", bench, draw_labels(bench, 0.5, seed=1))
    place = answers if option == "--out" else tmp_path
    result = run(answers, "--set", tmp_path / "bench.csv", option, place)
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert f"{place}: cannot be written" in result.output.splitlines()[-1]


def test_each_model_has_its_versions_in_table_json_and_page(tmp_path, bench):
    answers = write_answers(tmp_path / "a.csv", bench, draw_labels(bench, 0.5, seed=1))
    table = pd.read_csv(answers).assign(prompt_version="p-7")
    table.to_csv(answers, index=False)
    place, out = tmp_path / "bench.csv", tmp_path / "out"
    assert run(answers, "--set", place, "--out", out, "--draws", 100).exit_code == 0
    (versions,) = [model["versions"] for model in read_json(out / "scores.json")["models"]]
    assert versions["prompt"] == "p-7"
    assert versions["data"] == digest_file(place)[:16]
    assert versions["answers"] == digest_file(answers)[:16]
    row = pd.read_csv(out / "scores.csv", dtype=str).iloc[0]
    page = (out / "report.html").read_text("utf-8")
    for name, value in versions.items():
        assert row[f"{name}_version"] == value and f"<code>{value}</code>" in page


def test_the_parsers_version_follows_the_code_that_reads_replies():
    assert parser_version() == parser_version() and len(parser_version()) == 16
    tree = source_tree(["libra_emo"])
    reached = find_reach(tree, [("libra_emo.llm.replies.reader", "ReplyReader")]).names
    assert any(name.endswith("synonyms.yml") for name in reached)
    assert "libra_emo.llm.replies.refusals" in reached
    assert not any(name.startswith("libra_emo.evaluation") for name in reached)


def read_json(path):
    return json.loads(path.read_text("utf-8"))


def test_the_files_of_samples_give_the_same_scores(tmp_path, bench):
    labels = draw_labels(bench, 0.5, seed=1)
    labels[:3] = [None, "", ""]
    answers = write_answers(tmp_path / "a.csv", bench, labels)
    place, out = tmp_path / "bench.csv", tmp_path / "out"
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert run(answers, "--set", place, "--out", out, "--json", one).exit_code == 0
    again = run(out / "samples/a/samples_libra_emo_bench.jsonl", "--set", place, "--json", two)
    assert again.exit_code == 0, again.output
    first, second = read_json(one), read_json(two)
    for each in (first, second):
        del each["provenance"], each["versions"], each["models"][0]["versions"]
    assert first == second
