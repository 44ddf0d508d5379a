from concurrent.futures import ThreadPoolExecutor

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
