import pytest

from libra_emo.students import StudentError
from libra_emo.students.multimodal.devices import count_processes, find_machines, wants_cuda
from libra_emo.students.options.fine_tuning import LauncherOptions

torch = pytest.importorskip("torch")


def test_the_processor_is_taken_when_asked_for():
    assert wants_cuda("cpu") is False
    assert wants_cuda("auto") is torch.cuda.is_available()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_a_gpu_that_is_not_there_is_told_in_one_line(device):
    with pytest.raises(StudentError, match="no CUDA GPU here") as caught:
        wants_cuda(device)
    assert device in str(caught.value) and "\n" not in str(caught.value)


def test_processes_without_a_gpu_are_those_asked_for():
    assert count_processes(LauncherOptions(processes=3), cuda=False) == (3, 3)
    assert count_processes(LauncherOptions(), cuda=False) == (1, 1)
    assert count_processes(LauncherOptions(kind="none"), cuda=True) == (1, 1)


def test_a_hostfile_counts_all_machines(tmp_path):
    place = tmp_path / "hosts"
    place.write_text("# four machines\nnode1 slots=8\nnode2 slots=8\n\nnode3 slots=8  # new\n")
    assert count_processes(LauncherOptions(hostfile=place), cuda=True) == (8, 24)


@pytest.mark.parametrize(
    "text", ["", "node1\n", "node1 slots=8\nnode2 slots=x\n", "node1 slots=8\nnode1 slots=4\n"]
)
def test_a_hostfile_that_says_nothing_is_an_error(tmp_path, text):
    place = tmp_path / "hosts"
    place.write_text(text)
    with pytest.raises(StudentError, match="name slots=8"):
        count_processes(LauncherOptions(hostfile=place), cuda=True)


def test_a_missing_hostfile_is_an_error(tmp_path):
    with pytest.raises(StudentError, match="No such file"):
        count_processes(LauncherOptions(hostfile=tmp_path / "hosts"), cuda=True)


def test_a_plan_needs_no_gpu_here():
    assert wants_cuda("cuda", elsewhere=True) is True
    assert find_machines(LauncherOptions(processes=8), cuda=True, planned=True).slots == (8,)
    assert find_machines(LauncherOptions(start="srun"), cuda=True, planned=True).processes >= 1


def test_srun_outside_an_allocation_is_told(monkeypatch):
    monkeypatch.delenv("SLURM_JOB_NUM_NODES", raising=False)
    with pytest.raises(StudentError, match="needs an allocation of SLURM"):
        find_machines(LauncherOptions(start="srun"), cuda=True)
    monkeypatch.setenv("SLURM_JOB_NUM_NODES", "2")
    monkeypatch.delenv("SLURM_GPUS_ON_NODE", raising=False)
    with pytest.raises(StudentError, match="--gpus-per-node"):
        find_machines(LauncherOptions(start="srun"), cuda=True)
