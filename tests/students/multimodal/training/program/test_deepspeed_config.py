import pytest

from libra_emo.students.multimodal.training.batches import plan_batches
from libra_emo.students.multimodal.training.program.deepspeed_config import configure_deepspeed
from libra_emo.students.options.fine_tuning import FineTuningOptions


def configure(cuda=True, processes=8, **launcher):
    options = FineTuningOptions(launcher=launcher)
    batches = plan_batches(1000, 128, options.micro_batch_clips, processes, 1)
    return configure_deepspeed(options, batches, cuda)


@pytest.mark.parametrize("stage", [0, 2, 3])
def test_the_batch_and_the_clipping_are_the_trainings(stage):
    config = configure(zero_stage=stage)
    assert config["zero_optimization"]["stage"] == stage
    assert (
        config["train_micro_batch_size_per_gpu"] * config["gradient_accumulation_steps"] * 8 == 128
    )
    assert config["gradient_clipping"] == 1.0 and config["bf16"] == {"enabled": True}
    assert "optimizer" not in config  # the trainer's own, without DeepSpeed too


def test_the_optimizer_may_lie_in_the_machines_memory():
    assert configure(offload_optimizer=True)["zero_optimization"]["offload_optimizer"] == {
        "device": "cpu",
        "pin_memory": True,
    }
    assert "offload_optimizer" not in configure()["zero_optimization"]


@pytest.mark.parametrize("stage", [2, 3])
def test_gradients_in_bf16_are_summed_in_float32(stage):
    assert configure(zero_stage=stage)["data_types"] == {"grad_accum_dtype": "fp32"}
    # DeepSpeed refuses the mixture without ZeRO
    assert "data_types" not in configure(zero_stage=0)
