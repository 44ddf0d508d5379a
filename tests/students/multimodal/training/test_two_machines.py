"""A training over two machines, which are network namespaces with host names of their own."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.tiny_training import LABELS, draw_shards, options, write_rows
from support.two_machines import DEVICE, NotPermitted, two_machines

from libra_emo.common.files import read_lines
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.occupancy import TrainingBusy
from libra_emo.students.multimodal.training.runs import train_once

pytestmark = pytest.mark.slow

PARENT = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from students.multimodal.training.test_two_machines import train
train(Path(sys.argv[2]), Path(sys.argv[3]), eval(sys.argv[4]), eval(sys.argv[5]), epochs=500)
"""


def train(shards, work, labels, launcher, **changed):
    rows = write_rows(labels)
    chosen = options(launcher=launcher, **changed)
    return train_once(rows, list(labels.values()), [], LABELS, shards, chosen, 7, work, "two")


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    reader, labels = draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=6)
    return reader.folder, labels


@pytest.fixture
def launcher(tmp_path, monkeypatch):
    """The options of a launcher for two machines; this process is on neither of them."""
    # without this variable, which only this process has, gloo does not find the other machine
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", DEVICE)
    try:
        with two_machines(tmp_path) as (addresses, shell):
            hosts = tmp_path / "hosts"
            hosts.write_text("".join(f"{address} slots=1\n" for address in addresses))
            yield {
                "hostfile": str(hosts),
                "ssh_command": [shell],
                "silence_seconds": 5.0,
                "environment": {"MARK_OF_THIS_TEST": str(tmp_path)},
            }
    except NotPermitted as error:
        pytest.skip(str(error))


def processes_of(folder):
    """Return the processes that name a folder in their command line or environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            known = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
        except OSError:
            continue
        if f"MARK_OF_THIS_TEST={folder}".encode() in known:
            found.append(int(place.name))
    return found


def until(condition, seconds=240):
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.2)
    assert condition()


def machines_alive(run):
    """Return the addresses of the machines that gave a sign of life."""
    found = {path.name.partition("-")[2] for path in (run / files.ALIVE).iterdir()}
    return {name.partition("-")[0] for name in found if name}


def test_deepspeed_trains_over_both(clips, launcher, tmp_path):
    trained = train(clips[0], tmp_path / "work", clips[1], {**launcher, "kind": "deepspeed"})
    assert trained.result["processes"] == 2
    lines = read_lines(trained.folder / files.MEASUREMENTS)
    assert [line["step"] for line in lines] == [1, 2]
    assert machines_alive(trained.folder) == {"10.213.77.1", "10.213.77.2"}
    until(lambda: not processes_of(tmp_path), 30)


def test_torchrun_trains_over_both_until_the_starter_is_killed(clips, launcher, tmp_path):
    """Before that, a second start is refused."""
    work = tmp_path / "work"
    launcher = {**launcher, "kind": "torchrun"}
    tests = Path(__file__).parents[3]
    given = [str(tests), str(clips[0]), str(work), repr(clips[1]), repr(launcher)]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *given])
    try:
        until(lambda: parent.poll() is not None or list(work.glob(f"*/{files.MEASUREMENTS}")))
        until(lambda: read_lines(next(work.glob(f"*/{files.MEASUREMENTS}"))))
        with pytest.raises(TrainingBusy, match="another process trains here"):
            train(clips[0], work, clips[1], launcher, epochs=500)
        assert machines_alive(next(work.iterdir())) == {"10.213.77.1", "10.213.77.2"}
        assert len(processes_of(tmp_path)) >= 2
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    until(lambda: not processes_of(tmp_path), 60)
