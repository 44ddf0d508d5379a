import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.flipped_bits import flips

from libra_emo.common.integrity import beside
from libra_emo.common.integrity.beside import (
    checksum_beside,
    new_checked_file,
    read_checked,
    remove_checksum,
    renew_checksum,
)
from libra_emo.common.integrity.checksums import DamagedFileError

CONTENT = b"round,input\n0,450\n1,431\n"


def write(path, content):
    with new_checked_file(path) as part:
        part.write_bytes(content)


@pytest.fixture
def path(tmp_path):
    write(tmp_path / "rounds.csv", CONTENT)
    return tmp_path / "rounds.csv"


def test_a_file_is_as_any_other_program_writes_it(path):
    assert path.read_bytes() == CONTENT == read_checked(path)
    assert sorted(one.name for one in path.parent.iterdir()) == [".rounds.csv.crc32", path.name]


def test_no_flipped_bit_gives_other_content(path):
    for changed in flips(CONTENT, 8 * len(CONTENT)):
        path.write_bytes(changed)
        with pytest.raises(DamagedFileError, match=r"rounds\.csv is damaged") as raised:
            read_checked(path)
        assert raised.value.path == path


@pytest.mark.parametrize("damaged", [b"", CONTENT[:7], CONTENT[:9] + bytes(9), CONTENT * 2])
def test_a_file_cut_off_or_with_zeros_or_with_more_is_damaged(path, damaged):
    path.write_bytes(damaged)
    with pytest.raises(DamagedFileError):
        read_checked(path)


def test_no_damage_of_the_checksum_accuses_the_file(path):
    place = checksum_beside(path)
    content = place.read_bytes()
    for changed in [*flips(content, 8 * len(content)), b"", bytes(18), content[:5], content[:12]]:
        place.write_bytes(changed)
        assert read_checked(path) == CONTENT


def test_a_file_without_a_checksum_is_read_unchecked(path):
    remove_checksum(path)
    remove_checksum(path)
    path.write_bytes(b"edited")
    assert read_checked(path) == b"edited"


def test_a_file_of_another_program_is_accepted_by_renewing_its_checksum(path):
    path.write_bytes(b"restored")
    renew_checksum(path)
    assert read_checked(path) == b"restored"
    path.write_bytes(b"restoree")
    with pytest.raises(DamagedFileError):
        read_checked(path)


@given(contents=st.lists(st.binary(max_size=40), min_size=1, max_size=5), step=st.integers(0, 9))
def test_wherever_its_writer_ends_the_file_is_whole(tmp_path_factory, contents, step):
    path = tmp_path_factory.mktemp("killed") / "report.json"
    steps = []

    class Killed(BaseException):
        pass

    def stop_at(name, work):
        def stopping(*args):
            steps.append(name)
            if len(steps) > step:
                raise Killed
            return work(*args)

        return stopping

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beside, "_write_checksums", stop_at("sum", beside._write_checksums))
        patch.setattr("libra_emo.common.files.publish", stop_at("move", _publish))
        before = None
        for content in contents:
            try:
                write(path, content)
            except Killed:
                break
            before = content
    if path.exists():
        assert read_checked(path) in (before, content)
    write(path, b"the next run")
    assert read_checked(path) == b"the next run"
    path.write_bytes(b"the next rum")
    with pytest.raises(DamagedFileError):
        read_checked(path)


def _publish(part, path):
    part.replace(path)


def test_a_write_that_fails_leaves_the_file_and_its_checksum(path):
    with pytest.raises(ZeroDivisionError), new_checked_file(path) as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError
    assert read_checked(path) == CONTENT


def test_a_file_replaced_while_it_is_read_is_not_called_damaged(path, monkeypatch):
    known = beside._read_checksums

    def then_replaced(place):
        found = known(place)
        monkeypatch.setattr(beside, "_read_checksums", known)
        write(path, b"new")
        return found

    monkeypatch.setattr(beside, "_read_checksums", then_replaced)
    assert read_checked(path) == b"new"


def test_the_message_says_how_a_change_on_purpose_is_accepted(path):
    path.write_bytes(b"edited")
    with pytest.raises(DamagedFileError, match=r"remove \.rounds\.csv\.crc32 beside it") as raised:
        read_checked(path)
    assert "run what makes it again" in str(raised.value)
