"""Whatever is killed, wherever the work is done: the same bytes in tables and shards."""

import os
import random
import shutil
import signal
import time
from threading import Thread

import pytest
from preprocessing_run import digests, make_films, run, run_preprocessing, start

pytestmark = pytest.mark.slow
FILMS = 6


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    make_films(folder, FILMS)
    return folder / "films"


@pytest.fixture
def folder(films, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # gone back from when the test ends
    shutil.copytree(films, tmp_path / "films")
    return tmp_path


@pytest.fixture(scope="module")
def undisturbed(films, tmp_path_factory):
    """What one worker makes, and how long two take."""
    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(films, folder / "films")
    status, told = run(folder, "local:1")
    assert status == 0, told
    made = digests(folder)
    assert len(made["clips"]) == 2 * FILMS
    empty(folder)
    begun = time.monotonic()
    assert run(folder, "local:2")[0] == 0
    assert digests(folder) == made  # two workers give what one gives
    return made, time.monotonic() - begun


def empty(folder):
    for name in ("clips", "shards", "finished", "tables"):
        shutil.rmtree(folder / name, ignore_errors=True)


def test_killed_at_ten_random_moments_and_run_again(folder, undisturbed):
    expected, seconds = undisturbed
    moments = random.Random(20250101)
    disturbed = 0
    for number in range(10):
        process = start(folder, "local:2")
        time.sleep(moments.uniform(0.1, 0.9) * (seconds - 2))
        disturbed += process.poll() is None
        if number % 2:
            process.kill()  # its workers must end by themselves
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        status, told = run(folder)
        assert status == 0, told
        assert digests(folder) == expected
        empty(folder)
    assert disturbed >= 8, "the kills came too late to disturb anything"


def test_killed_again_and_again_it_ends_at_last(folder, undisturbed):
    expected, seconds = undisturbed
    for _ in range(3):
        process = start(folder, "local:1")
        time.sleep(0.4 * seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert len(list((folder / "finished").glob("*.film.json"))) > 0  # it did get on
    status, told = run(folder)
    assert status == 0, told
    assert digests(folder) == expected


def test_killed_worker_costs_nothing(folder, undisturbed):
    process = start(folder, "local:2")
    worker = wait_for(lambda: find_worker(process.pid))
    wait_for(lambda: any(folder.glob("clips/*.mp4")))
    os.kill(worker, signal.SIGKILL)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert "ended by signal SIGKILL" in told
    assert digests(folder) == undisturbed[0]


@pytest.mark.parametrize("kill", [False, True], ids=["left alone", "a worker killed"])
def test_dask_gives_the_same_bytes(folder, undisturbed, kill):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster.scheduler_address) as client:
            (first, *_) = client.run(os.getpid).values()
        killer = Thread(target=kill_half_way, args=(folder, first))
        if kill:
            killer.start()
        run_preprocessing(folder, cluster.scheduler_address)
    if kill:
        killer.join()
        assert not os.path.exists(f"/proc/{first}")
    assert digests(folder) == undisturbed[0]


def kill_half_way(folder, pid):
    wait_for(lambda: len(list(folder.glob("finished/*.film.json"))) >= FILMS // 2)
    os.kill(pid, signal.SIGKILL)


def wait_for(look):
    for _ in range(3000):
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


def find_worker(parent):
    """Return the process that a program started last and that spawned workers run in."""
    for entry in sorted(os.listdir("/proc"), reverse=True):
        try:
            with open(f"/proc/{entry}/stat") as stat, open(f"/proc/{entry}/cmdline") as command:
                if stat.read().split()[3] == str(parent) and "spawn_main" in command.read():
                    return int(entry)
        except (OSError, IndexError):
            continue
    return None
