import errno
import sqlite3

import click
import pytest
from kedro.io import DatasetError

from libra_emo.cli.endings import OneLine, one_line_errors, user_error
from libra_emo.errors import LibraEmoError


class PeopleAreNeeded(LibraEmoError):
    exit_code = 3


def wrapped(error):
    try:
        raise DatasetError("wrapped") from error
    except DatasetError as caught:
        return caught


def test_the_error_that_tells_what_to_do_is_found_behind_others():
    inner = PeopleAreNeeded("4 clips wait")
    assert user_error(inner) is inner
    assert user_error(wrapped(inner)) is inner
    assert user_error(wrapped(wrapped(inner))) is inner
    assert user_error(wrapped(ValueError("x"))) is None


def test_it_becomes_a_line_with_its_status():
    @one_line_errors
    def command():
        raise PeopleAreNeeded("4 clips wait")

    with pytest.raises(OneLine) as caught:
        command()
    assert isinstance(caught.value, click.ClickException)
    assert (caught.value.message, caught.value.exit_code) == ("4 clips wait", 3)


def test_another_error_stays_as_it_is():
    @one_line_errors
    def command():
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        command()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "model.safetensors"),
        OSError(errno.EDQUOT, "Disk quota exceeded", "model.safetensors"),
        sqlite3.OperationalError("database or disk is full"),
        RuntimeError("PytorchStreamWriter failed: No space left on device"),
    ],
)
def test_a_full_disk_is_one_line_whatever_was_written(error):
    found = user_error(wrapped(error))
    assert "the disk is full; make room and run again" in str(found)
    assert "\n" not in str(found) and found.exit_code == 1
    try:
        try:
            raise error
        except Exception:
            raise RuntimeError("unexpected pos 64 vs 0")  # noqa: B904 - as torch does
    except RuntimeError as caught:
        assert "the disk is full" in str(user_error(caught))


def test_a_denied_file_is_no_full_disk():
    assert user_error(PermissionError(errno.EACCES, "Permission denied", "x")) is None
