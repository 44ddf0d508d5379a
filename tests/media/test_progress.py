import logging

import pytest

from libra_emo.media.progress import Bar, tell_seconds


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_line_tells_films_speed_and_what_is_left():
    clock = Clock()
    bar = Bar("films cut", 4, film_seconds=7200, clock=clock)
    clock.now = 360.0
    bar.show(1, 1800, lambda: "")
    assert bar.tell(360, "7 clips kept") == (
        "1 of 4, 5.0 film hours per hour, 7 clips kept, 18 min left"
    )
    assert bar.tell(420, "") == "1 of 4, 5.0 film hours per hour, 17 min left"  # time goes on
    bar.show(4, 7200, lambda: "")
    assert bar.tell(720, "") == "4 of 4, 20.0 film hours per hour"


def test_items_count_where_there_are_no_films():
    clock = Clock()
    bar = Bar("numbers", 4, clock=clock)
    assert bar.tell(1, "") == "0 of 4"
    clock.now = 10.0
    bar.show(1, 0, lambda: "")
    assert bar.share == 0.25
    assert bar.tell(10, "") == "1 of 4, 30 s left"


def test_lines_come_now_and_then_and_at_the_end(caplog):
    clock = Clock()
    with caplog.at_level(logging.INFO), Bar("films cut", 30, clock=clock) as bar:
        for number in range(1, 31):
            clock.now = number
            bar.show(number, 0, lambda: "well")
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "films cut: 10 of 30, well, 20 s left",
        "films cut: 20 of 30, well, 10 s left",
        "films cut: 30 of 30, well",
    ]


def test_quick_work_is_quiet(caplog):
    clock = Clock()
    with caplog.at_level(logging.INFO), Bar("films cut", 1, clock=clock) as bar:
        clock.now = 2.0
        bar.show(1, 0, lambda: "")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (59.4, "59 s"), (90, "2 min"), (3599, "1 h 00 min"), (11_100, "3 h 05 min")],
)
def test_spans_as_people_say_them(seconds, told):
    assert tell_seconds(seconds) == told
