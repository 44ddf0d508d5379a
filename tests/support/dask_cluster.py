"""A Dask cluster of this machine, as large as a test needs it."""

from contextlib import contextmanager

import pytest


@contextmanager
def start_cluster(workers=2, deaths=2, **more):
    """Start workers, each a process of its own unless `processes` is false; any port will do.

    The default number of deaths that an item may cost is 4, each of which takes seconds.
    """
    dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")
    settings = {
        "distributed.scheduler.allowed-failures": deaths - 1,
        # a worker is given up for good after 15 s; on a busy machine its next process needs longer
        "distributed.deploy.lost-worker-timeout": "10 minutes",
    }
    with dask.config.set(settings):
        options = {"processes": True, "dashboard_address": "127.0.0.1:0", **more}
        with distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, **options
        ) as cluster:
            yield cluster
