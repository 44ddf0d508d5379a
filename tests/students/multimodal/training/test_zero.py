import pytest

from libra_emo.students.multimodal.training.batches import plan_batches
from libra_emo.students.multimodal.training.options import FineTuningOptions
from libra_emo.students.multimodal.training.zero import configure_zero


def configure(cuda=True, processes=8, **launcher):
    options = FineTuningOptions(launcher=launcher)
    batches = plan_batches(1000, 128, options.micro_batch_clips, processes, 1)
    return configure_zero(options, batches, cuda)


@pytest.mark.parametrize("stage", [0, 2, 3])
def test_the_batch_and_the_clipping_are_the_trainings(stage):
    told = configure(zero_stage=stage)
    assert told["zero_optimization"]["stage"] == stage
    assert told["train_micro_batch_size_per_gpu"] * told["gradient_accumulation_steps"] * 8 == 128
    assert told["gradient_clipping"] == 1.0 and told["bf16"] == {"enabled": True}
    assert "optimizer" not in told  # the trainer's own, without DeepSpeed too


def test_the_optimizer_may_lie_in_the_machines_memory():
    assert configure(offload_optimizer=True)["zero_optimization"]["offload_optimizer"] == {
        "device": "cpu",
        "pin_memory": True,
    }
    assert "offload_optimizer" not in configure()["zero_optimization"]
