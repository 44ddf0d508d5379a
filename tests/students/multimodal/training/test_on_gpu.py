"""A real-sized random model learns on a GPU in bf16; skipped where there is none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU"),
]
BENCHMARK = Path(__file__).parents[4] / "benchmarks/training.py"


def test_a_billion_weights_learn_and_answer_fast_enough():
    command = [sys.executable, str(BENCHMARK), "--device", "cuda"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1500)
    told = json.loads(done.stdout)
    assert told["weights"] > 8e8
    assert told["loss_last"] < told["loss_first"]
    assert told["data_wait_share"] < 0.05
    assert told["scoring_ratio"] >= 5
