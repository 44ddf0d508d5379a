from libra_emo.students.multimodal.training.environment import (
    choose_environment,
    complete_environment,
)

GIVEN = {
    "HF_HOME": "/models",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "3",
    "NCCL_SOCKET_IFNAME": "ib0",
    "GLOO_SOCKET_IFNAME": "eth0",
    "TOKENIZERS_PARALLELISM": "false",
    "TORCH_HOME": "/models/torch",
    "PYTHONUTF8": "1",
    "HF_TOKEN": "hf_123",
    "LIBRA_EMO_API_KEY": "sk-1",
    "HUGGINGFACE_HUB_TOKEN": "hf_123",
    "CUDA_VISIBLE_DEVICES": "4,5",
    "HOME": "/home/me",
    "RANK": "3",
}


def test_every_machine_gets_what_the_program_needs_and_no_secret():
    found = choose_environment(GIVEN, {"MY_FLAG": "1", "HF_HOME": "/other"})
    assert found == {
        "HF_HOME": "/other",
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "3",
        "NCCL_SOCKET_IFNAME": "ib0",
        "GLOO_SOCKET_IFNAME": "eth0",
        "TOKENIZERS_PARALLELISM": "false",
        "TORCH_HOME": "/models/torch",
        "PYTHONUTF8": "1",
        "MY_FLAG": "1",
    }


def test_another_launchers_variables_are_not_taken_for_its_own():
    found = complete_environment({**GIVEN, "WORLD_SIZE": "8"}, 2, cuda=False)
    assert "RANK" not in found and "WORLD_SIZE" not in found
    assert found["OMP_NUM_THREADS"] == "3" and found["DS_ACCELERATOR"] == "cpu"
    assert complete_environment({}, 10_000, cuda=True)["OMP_NUM_THREADS"] == "1"
