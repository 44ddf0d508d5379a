import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from libra_emo.annotation.database import engine as engines


def test_the_threads_of_a_process_write_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.0)  # SQLite would refuse whoever comes second
    engine = engines.make_engine(f"sqlite:///{tmp_path}/votes.sqlite")
    with engines.writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")

    def write(number):
        with engines.writing(engine) as connection:
            connection.exec_driver_sql(f"INSERT INTO numbers VALUES ({number})")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(100)))
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT number FROM numbers").scalars()
        assert sorted(rows) == list(range(100))


def test_another_process_that_writes_is_waited_for(tmp_path, monkeypatch):
    first, second = (engines.make_engine(f"sqlite:///{tmp_path}/votes.sqlite") for _ in range(2))
    with engines.writing(first) as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")
    with ThreadPoolExecutor(1) as pool:
        with engines.writing(first) as connection:
            connection.exec_driver_sql("INSERT INTO numbers VALUES (1)")
            waiting = pool.submit(_write, second)
            time.sleep(0.05)
            assert not waiting.done()
        waiting.result(60)
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.01)
    with engines.writing(first), pytest.raises(sa.exc.OperationalError, match="locked"):
        _write(second)


def _write(engine):
    with engines.writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO numbers VALUES (2)")
