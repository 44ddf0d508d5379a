"""What wants a CUDA GPU: a real-sized random model in bf16, and the tiny one as on a processor."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from support.tiny_training import LABELS, draw_shards, options, write_rows

from libra_emo.common.files import read_lines
from libra_emo.students.multimodal.inference.model import load_model, score_rows
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.runs import train_once

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU"),
]
BENCHMARK = Path(__file__).parents[4] / "benchmarks/training.py"


def test_a_billion_weights_learn_and_answer_fast_enough():
    command = [sys.executable, str(BENCHMARK), "--device", "cuda"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=480)
    sys.stdout.write(done.stdout)  # what was measured, for the docs
    measured = json.loads(done.stdout)
    assert measured["weights"] > 8e8
    assert measured["loss_last"] < measured["loss_first"]
    assert measured["data_wait_share"] < 0.05
    assert measured["scoring_ratio"] >= 5


def on_gpu(chosen, **changed):
    return chosen.model_copy(update={"device": "cuda", **changed})


def test_labels_are_scored_as_on_a_processor(tmp_path):
    reader, labels = draw_shards(tmp_path / "shards", clips=6)
    rows, chosen = write_rows(labels), options()
    there = on_gpu(chosen, dtype="float32")
    wanted = score_rows(load_model(chosen), rows, reader, chosen, LABELS)
    found = score_rows(load_model(there), rows, reader, there, LABELS)
    np.testing.assert_allclose(found, wanted, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("stage", [2, 3])
def test_deepspeed_learns_in_bf16(tmp_path, stage):
    reader, labels = draw_shards(tmp_path / "shards", clips=18)
    launcher = {"kind": "deepspeed", "processes": 1, "zero_stage": stage}
    chosen = on_gpu(options(launcher=launcher, precision="bf16", epochs=4, loader_workers=2))
    rows, known = write_rows(labels), list(labels.values())
    work = tmp_path / "work"
    trained = train_once(rows, known, [], LABELS, reader.folder, chosen, 7, work, "tiny")
    lines = read_lines(trained.folder / files.MEASUREMENTS)
    assert lines[-1]["loss"] < lines[0]["loss"] and lines[-1]["gpu_memory_gib"] > 0


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="there is one GPU")
def test_deepspeed_keeps_to_the_gpus_that_are_visible(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    reader, labels = draw_shards(tmp_path / "shards", clips=6)
    launcher = {"kind": "deepspeed", "processes": 1}
    chosen = on_gpu(options(launcher=launcher, precision="bf16"))
    rows, known = write_rows(labels), list(labels.values())
    work = tmp_path / "work"
    trained = train_once(rows, known, [], LABELS, reader.folder, chosen, 7, work, "tiny")
    log = (trained.folder / files.LOG).read_text(encoding="utf-8")
    assert "CUDA_VISIBLE_DEVICES=1" in log


@pytest.mark.parametrize("checkpointing", [True, False])
def test_a_step_takes_the_memory_that_was_counted(checkpointing):
    """Dropout keeps a byte instead of two on a GPU, and kernels need room of their own."""
    from support.counted_models import SIZES, build_counted

    from libra_emo.students.multimodal.training.counting import count_step

    clips, tokens, answers = 1, 2000, 62
    _, model, _ = build_counted("1B", checkpointing, 0.05)
    counted = count_step(model, clips, tokens, answers, checkpointing)
    _, model, _ = build_counted("1B", checkpointing, 0.05, device="cuda", attention="sdpa")
    inner = model.get_base_model()
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.train()
    width = SIZES["1B"]["hidden_size"]
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    embedded = torch.randn((clips, tokens, width), dtype=torch.bfloat16, device="cuda")
    hidden = inner.model.language_model(inputs_embeds=embedded, use_cache=False).last_hidden_state
    scores = inner.lm_head(hidden[:, -answers:]).float().flatten(0, 1)
    targets = torch.zeros(clips * answers, dtype=torch.long, device="cuda")
    torch.nn.functional.cross_entropy(scores, targets).backward()
    torch.cuda.synchronize()
    used = torch.cuda.max_memory_allocated() - before
    sys.stdout.write(f"counted {counted / 2**30:.2f} GiB, used {used / 2**30:.2f} GiB\n")
    assert used == pytest.approx(counted, rel=0.2)
