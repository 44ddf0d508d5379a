import json

import pytest
from click.testing import CliRunner

from libra_emo.cli.labelling.planning import budget, power


def run(command, text):
    return CliRunner().invoke(command, text.split())


@pytest.mark.parametrize(
    ("options", "line"),
    [
        # sample sizes of the normal approximation for a share
        ("--expected 0.05 --limit 0.10", "239 clips certify at most 10 % where 5 % are wrong"),
        ("--expected 0.10 --width 0.02", "864 clips give ± 2 points at 10 %"),
        ("--expected 0.05 --clips 239", "239 clips certify at most 10.0 % where 5 % are wrong"),
    ],
)
def test_independent_clips_certify_what_the_formulas_say(options, line):
    result = run(power, options)
    assert result.exit_code == 0 and line in result.output


def test_clips_that_are_alike_multiply_the_audit(tmp_path):
    file = tmp_path / "power.json"
    alike = "--clips-per-film 31 --correlation 0.05"
    result = run(power, f"--expected 0.05 --limit 0.1 {alike} --json {file}")
    found = json.loads(file.read_text())
    assert "design effect 2.50" in result.output
    assert found["design_effect"] == 2.5 and found["clips_to_certify"] == pytest.approx(
        2.5 * 239, abs=2
    )


def test_a_question_without_an_answer_is_named():
    assert "--limit, --width or --clips" in run(power, "--expected 0.1").output
    below = run(power, "--expected 0.1 --limit 0.05")
    assert below.exit_code == 2 and "above --expected" in below.output


def test_hours_and_money_are_known_before_anybody_is_asked(tmp_path):
    file = tmp_path / "budget.json"
    result = run(budget, f"--clips 400 --seconds 18 --price 20 --fee 0.2 --json {file}")
    found = json.loads(file.read_text())
    assert found == {"judgements": 1640, "hours": 8.2, "money": 196.8}
    assert "1,640 answers, 8.2 hours, 196.80 in all" in result.output
