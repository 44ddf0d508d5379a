import json

from libra_emo.tracking.fine_tuning import FineTuning, Point, read_fine_tuning


def write(folder, **card):
    folder.mkdir(parents=True)
    (folder / "student.json").write_text(json.dumps({"kind": "multimodal", **card}))
    lines = [
        {"kind": "training", "step": 1, "time": 12.5, "loss": 2.0, "learning_rate": 1e-4},
        {"kind": "validation", "step": 1, "time": 13.0, "recall/sad": 0.5},
    ]
    (folder / "measurements.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    return folder


def test_a_students_folder_holds_curves_digests_and_where_the_weights_lie(tmp_path):
    folder = write(
        tmp_path / "data/06_models/round_1",
        weights="last",
        weights_sha256="ab",
        prompt_sha256="cd",
        checkpoint="tiny:internvl",
        training={"steps": 3},
    )
    tuned = read_fine_tuning(folder, tmp_path)
    assert tuned.points[0] == Point("training/loss", 1, 2.0, 12_500)
    assert tuned.points[-1] == Point("validation/recall/sad", 1, 0.5, 13_000)
    assert tuned.parameters["prompt_sha256"] == "cd"
    assert tuned.parameters["fine_tuning.steps"] == "3"
    assert tuned.reference == {"path": "data/06_models/round_1", "weights": "last", "sha256": "ab"}


def test_another_students_folder_gives_an_empty_training(tmp_path):
    (tmp_path / "student.json").write_text(json.dumps({"kind": "classical"}))
    assert read_fine_tuning(tmp_path, tmp_path) == FineTuning()
    assert read_fine_tuning(tmp_path / "none", tmp_path) == FineTuning()
