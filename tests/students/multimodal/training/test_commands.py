"""Command lines: GPUs that are visible, and the programs on other machines."""

import shlex
import sys

import pytest

from libra_emo.students.multimodal.devices import find_machines
from libra_emo.students.multimodal.training.commands import (
    HOST_PROGRAM,
    PROGRAM,
    build_command,
    build_remote_commands,
)
from libra_emo.students.options.fine_tuning import LauncherOptions


def command(folder, visible=None, processes=4, **values):
    return build_command(folder, LauncherOptions(**values), processes, 29511, visible)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": "none"}, ["-m", PROGRAM]),
        ({"kind": "torchrun"}, ["--nproc-per-node", "4"]),
        ({"kind": "deepspeed"}, ["--num_gpus", "4"]),
    ],
)
def test_each_launcher_starts_the_same_program(tmp_path, values, expected):
    found = command(tmp_path, **values)
    place = found.index(expected[0])
    assert found[place : place + 2] == expected
    assert found[-3:] == [PROGRAM, "--folder", str(tmp_path)]


@pytest.mark.parametrize(
    ("visible", "processes", "included"),
    [("4,5", 2, "4,5"), ("4,5", 1, "4"), ("7", 1, "7"), ("3,1,0", 3, "3,1,0")],
)
def test_deepspeed_takes_the_gpus_that_are_visible(tmp_path, visible, processes, included):
    """With `--num_gpus` it would take GPU 0 and the next ones."""
    from deepspeed.launcher import runner

    found = command(tmp_path, visible, processes)
    parsed = runner.parse_args(found[found.index("deepspeed.launcher.runner") + 1 :])
    assert parsed.include == f"localhost:{included}" and parsed.num_gpus == -1
    assert (parsed.user_script, parsed.user_args) == (PROGRAM, ["--folder", str(tmp_path)])
    wanted = {"localhost": [int(number) for number in included.split(",")]}
    active = runner.parse_inclusion_exclusion({"localhost": 8}, parsed.include, parsed.exclude)
    assert {name: sorted(slots) for name, slots in active.items()} == {
        name: sorted(slots) for name, slots in wanted.items()
    }


@pytest.mark.parametrize("visible", ["GPU-5a1b,GPU-77aa", "MIG-1234"])
def test_gpus_with_names_are_left_to_torchrun_which_keeps_them(tmp_path, visible):
    found = command(tmp_path, visible, 1)
    assert "torch.distributed.run" in found and "deepspeed.launcher.runner" not in found


@pytest.fixture
def hosts(tmp_path):
    place = tmp_path / "hosts"
    place.write_text("node0 slots=8\nme@node1 slots=4\n")
    return place


@pytest.mark.parametrize("kind", ["deepspeed", "torchrun"])
def test_ssh_starts_the_host_program_on_each_machine(tmp_path, hosts, kind, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/a place/src")
    launcher = LauncherOptions(kind=kind, hostfile=hosts, ssh_command=["ssh", "-p", "2222"])
    machines = find_machines(launcher, cuda=True)
    assert (machines.slots, machines.processes) == ((8, 4), 12)
    first, second = build_remote_commands(tmp_path / "a folder", launcher, machines)
    assert first[:4] == ["ssh", "-p", "2222", "node0"] and second[3] == "me@node1"
    words = shlex.split(second[4])
    assert words[0] == "cd" and words[2:5] == ["&&", "exec", "env"]
    assert words[5:9] == ["PYTHONPATH=/a place/src", sys.executable, "-m", HOST_PROGRAM]
    assert words[9:] == ["--folder", str(tmp_path / "a folder"), "--machine", "1"]


def test_srun_starts_one_host_program_on_each_machine_of_its_allocation(tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_NUM_NODES", "4")
    monkeypatch.setenv("SLURM_GPUS_ON_NODE", "8")
    launcher = LauncherOptions(start="srun", srun_options=["--cpu-bind=none"])
    machines = find_machines(launcher, cuda=True)
    assert machines.processes == 32
    (found,) = build_remote_commands(tmp_path, launcher, machines)
    assert found[0] == "srun" and {"--nodes=4", "--ntasks=4", "--ntasks-per-node=1"} <= set(found)
    assert found[found.index("--cpu-bind=none") + 1 :] == [
        *(sys.executable, "-m", HOST_PROGRAM, "--folder", str(tmp_path))
    ]
