import logging

import pytest

from libra_emo.common.progress import ProgressDisplay, describe_progress, describe_seconds


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def show_numbers(seconds):
    clock = Clock()
    with ProgressDisplay(clock) as display:
        for number in range(1, seconds + 1):
            clock.now = number
            display.update("films cut", number, 30, "well")


def test_line_has_items_speed_and_what_is_left():
    assert describe_progress(1, 4, 0.25, "7 clips kept", changed_at=360, elapsed=360) == (
        "1 of 4, 7 clips kept, 18 min left"
    )
    later = describe_progress(1, 4, 0.25, "", changed_at=360, elapsed=420)
    assert later == "1 of 4, 17 min left"  # time goes on
    assert describe_progress(4, 4, 1.0, "", changed_at=720, elapsed=720) == "4 of 4"
    assert describe_progress(0, 4, 0.0, "", changed_at=0, elapsed=1) == "0 of 4"


def test_lines_come_now_and_then_and_at_the_end(caplog):
    with caplog.at_level(logging.INFO):
        show_numbers(30)
    assert [record.getMessage() for record in caplog.records] == [
        "films cut: 10 of 30, well, 20 s left",
        "films cut: 20 of 30, well, 10 s left",
        "films cut: 30 of 30, well",
    ]


def test_quick_work_is_quiet(caplog):
    with caplog.at_level(logging.INFO):
        show_numbers(2)
    assert caplog.records == []


def test_each_task_has_its_own_lines(caplog):
    clock = Clock()
    with caplog.at_level(logging.INFO), ProgressDisplay(clock) as display:
        clock.now = 20.0
        display.update("text", 5, 10)
        display.update("face", 10, 10, share=1.0)
    assert [record.getMessage() for record in caplog.records] == [
        "text: 5 of 10, 20 s left",
        "face: 10 of 10",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (90, "2 min"), (3599, "1 h 00 min"), (11_100, "3 h 05 min")],
)
def test_spans_as_people_say_them(seconds, words):
    assert describe_seconds(seconds) == words
