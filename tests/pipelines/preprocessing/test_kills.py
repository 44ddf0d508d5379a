"""Whatever is killed, wherever the work is done: the same bytes in tables and shards."""

import os
import random
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread

import pytest
from support.dask_cluster import start_cluster
from support.preprocessing_run import digests, make_films, run, run_preprocessing, start

from libra_emo.pipelines.preprocessing import cutting, listing, measuring, nodes

pytestmark = pytest.mark.slow
FILMS = 4
MADE = ("clips", "shards", "finished", "tables")


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
    """What one worker makes, and how many files that are."""
    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(films, folder / "films")
    status, output = run(folder, "local:1")
    assert status == 0, output
    made = digests(folder)
    assert len(made["clips"]) == 2 * FILMS
    return made, count_files(folder)


@pytest.fixture
def run_here(folder, monkeypatch):
    """Run the preprocessing in this process, which has its packages loaded already."""

    @contextmanager
    def open_threads(spec):
        with ThreadPoolExecutor(2) as executor:
            yield executor

    def run_in_threads():
        with monkeypatch.context() as patch:
            for module in (listing, cutting, measuring, nodes):
                patch.setattr(module, "open_executor", open_threads)
            run_preprocessing(folder, "threads")

    return run_in_threads


def count_files(folder):
    return sum(len(list((folder / name).glob("*"))) for name in MADE)


def empty(folder):
    for name in MADE:
        shutil.rmtree(folder / name, ignore_errors=True)


def test_two_workers_give_what_one_gives(folder, undisturbed):
    status, output = run(folder, "local:2")
    assert status == 0, output
    assert digests(folder) == undisturbed[0]


def test_killed_at_ten_random_moments_and_run_again(folder, undisturbed, run_here):
    expected, files = undisturbed
    choice = random.Random(20250101)
    disturbed = 0
    for number in range(10):
        process = start(folder, "local:2")
        # a moment of the work, however fast the machine is: so many files, and a little later
        moment, later = choice.randrange(files - 1), choice.uniform(0, 0.2)
        wait_for(lambda moment=moment: count_files(folder) >= moment, step_s=0.005)
        time.sleep(later)
        disturbed += process.poll() is None
        if number % 2:
            process.kill()  # its workers must end by themselves
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        run_here()
        assert digests(folder) == expected
        empty(folder)
    assert disturbed >= 8, "the kills came too late to disturb anything"


def test_killed_again_and_again_it_ends_at_last(folder, undisturbed):
    expected, files = undisturbed
    for share in (0.3, 0.5, 0.7):
        process = start(folder, "local:1")
        wait_for(lambda share=share: count_files(folder) >= share * files)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert len(list((folder / "finished").glob("*.film.json"))) > 0  # it did get on
    status, output = run(folder)
    assert status == 0, output
    assert digests(folder) == expected


def test_killed_worker_costs_nothing(folder, undisturbed):
    process = start(folder, "local:2")
    wait_for(lambda: any(folder.glob("clips/*/*.mp4")))  # before, workers that listed films end
    os.kill(wait_for(lambda: find_worker(process.pid)), signal.SIGKILL)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert "ended by signal SIGKILL" in output
    assert digests(folder) == undisturbed[0]


@pytest.mark.parametrize("kill", [False, True], ids=["left alone", "a worker killed"])
def test_dask_gives_the_same_bytes(folder, undisturbed, kill):
    distributed = pytest.importorskip("distributed")
    with start_cluster() as cluster:
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


def wait_for(look, step_s=0.02, most_s=120):
    ends = time.monotonic() + most_s
    while time.monotonic() < ends:
        found = look()
        if found:
            return found
        time.sleep(step_s)
    raise AssertionError("it never came")


def find_worker(program):
    """Return a worker: a child of the server that forks them, which is a child of the program."""
    for server in find_children(program):
        for worker in find_children(server):
            return worker
    return None


def find_children(parent):
    """Return the processes that a process forked and that run the workers' server or a worker."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/stat") as stat, open(f"/proc/{entry}/cmdline") as command:
                ours = stat.read().rsplit(")", 1)[1].split()[1] == str(parent)
                if ours and "forkserver" in command.read():
                    found.append(int(entry))
        except (OSError, IndexError):
            continue
    return found
