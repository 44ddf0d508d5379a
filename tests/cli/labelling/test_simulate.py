import json

from click.testing import CliRunner

from libra_emo.cli.labelling.simulate import simulate


def test_a_small_simulation_writes_its_figures_plots_and_points(tmp_path):
    arguments = "--world base --clips 1000 --arms disagreement,expected_gain --seeds 2".split()
    arguments += ["--coverage-datasets", "3", "--out", str(tmp_path), "--json"]
    result = CliRunner().invoke(simulate, [*arguments, str(tmp_path / "found.json")])
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "found.json").read_text())
    assert 0 < found["share_of_judgements"] < 1
    assert 0 <= found["coverage"] <= 1
    assert (found["world"], found["clips"], found["seeds"]) == ("base", 1000, 2)
    assert set(found["arms"]) == {"disagreement", "expected_gain"}
    assert "expected_gain needs" in result.output
    names = {path.name for path in tmp_path.iterdir()}
    assert {"accuracy.png", "macro_recall.png", "recall_expected_gain.png", "points.csv"} <= names


def test_an_unknown_world_and_an_unknown_arm_are_named():
    wrong = CliRunner().invoke(simulate, ["--world", "ideal"])
    assert wrong.exit_code != 0
    assert "the worlds are base, kind, correlated, worst" in wrong.output
    wrong = CliRunner().invoke(simulate, ["--arms", "guess"])
    assert "arms.0" in wrong.output
