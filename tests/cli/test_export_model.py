from pathlib import Path

import pytest
from click.testing import CliRunner
from support.saved_students import save_student

from libra_emo.cli import cli

pytest.importorskip("torch")


def export(*arguments):
    return CliRunner().invoke(cli, ["export-model", *map(str, arguments)])


def test_the_lines_that_open_the_model_are_printed(tmp_path):
    save_student(tmp_path / "model")
    done = export(tmp_path / "model", tmp_path / "out", "--adapter", "--name", "emo")
    assert done.exit_code == 0, done.output
    assert "--enable-lora" in done.output and f"emo={tmp_path / 'out'}" in done.output
    assert "ms-swift: swift infer" in done.output and "transformers: " in done.output
    done = export(tmp_path / "model", tmp_path / "merged")
    assert done.exit_code == 0 and f"vllm serve {tmp_path / 'merged'}" in done.output
    assert (tmp_path / "merged/model.safetensors").is_file()


@pytest.mark.parametrize("card", [None, '{"kind": "classical"}'])
def test_what_is_no_multimodal_student_is_one_line(tmp_path, card):
    if card:
        (tmp_path / "student.json").write_text(card)
    done = export(tmp_path if card else Path("nowhere"), tmp_path / "out")
    assert done.exit_code == 1 and done.output.count("\n") == 1
    assert ("no weights for other programs" if card else "no such folder") in done.output
