import json

import numpy as np

from libra_emo.datasets import JsonLinesDataset, ReportDataset, TextDataset


def test_a_report_has_sorted_keys_and_plain_numbers(tmp_path):
    dataset = ReportDataset(filepath=str(tmp_path / "r.json"))
    dataset.save(
        {"b": np.int64(2), "a": {"y": np.float64(0.5), "x": float("nan")}, "名": [1, (2,)]}
    )
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == (
        '{\n  "a": {\n    "x": null,\n    "y": 0.5\n  },\n  "b": 2,\n'
        '  "名": [\n    1,\n    [\n      2\n    ]\n  ]\n}\n'
    )
    assert dataset.load()["a"] == {"x": None, "y": 0.5}
    assert json.loads(dataset.preview())["b"] == 2


def test_examples_are_one_a_line(tmp_path):
    dataset = JsonLinesDataset(filepath=str(tmp_path / "c.jsonl"))
    dataset.save({"n": n, "text": "a\nb"} for n in range(7))
    assert len((tmp_path / "c.jsonl").read_text().splitlines()) == 7
    assert dataset.load()[6] == {"n": 6, "text": "a\nb"}
    assert len(json.loads(dataset.preview())) == 5


def test_half_a_line_does_not_exist_but_no_example_does(tmp_path):
    dataset = JsonLinesDataset(filepath=str(tmp_path / "c.jsonl"))
    dataset.save([])
    assert dataset.exists()
    (tmp_path / "c.jsonl").write_text('{"n": 1}\n{"n"')
    assert not dataset.exists()


def test_a_text_keeps_its_letters_and_line_ends(tmp_path):
    dataset = TextDataset(filepath=str(tmp_path / "page.html"))
    dataset.save("<p>悲伤\r\n")
    assert dataset.load() == "<p>悲伤\n"
    assert (tmp_path / "page.html").read_bytes().endswith("悲伤\r\n".encode())
