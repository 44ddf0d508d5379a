import json

import pytest
from support.flipped_bits import flip

from libra_emo.students.errors import DamagedStudentError, StudentError
from libra_emo.students.storage import CARD, check_checksum, read_card, write_card


def read(folder):
    card = read_card(folder)
    check_checksum(folder, card)
    return card


def test_no_flipped_bit_of_a_card_gives_another_card(tmp_path):
    card = {"kind": "classical", "format": 2, "labels": ["sad", "开心"], "seed": 7, "share": 1e-9}
    write_card(tmp_path, card, ())
    whole, content = read(tmp_path), (tmp_path / CARD).read_bytes()
    noticed = 0
    for number in range(8 * len(content)):
        (tmp_path / CARD).write_bytes(flip(content, number))
        try:
            found = read(tmp_path)
        except StudentError:
            noticed += 1
        else:  # such as the E of a number, or a key that this package needs and then misses
            same = [name for name in whole if found.get(name) == whole[name]]
            assert len(same) >= len(whole) - 1
            assert set(whole) - set(same) <= {"crc32", "format"}
    assert noticed > 0.9 * 8 * len(content)


def test_a_changed_card_names_its_file(tmp_path):
    write_card(tmp_path, {"kind": "classical", "format": 2, "seed": 7}, ())
    card = json.loads((tmp_path / CARD).read_text())
    (tmp_path / CARD).write_text(json.dumps({**card, "seed": 8}))
    with pytest.raises(DamagedStudentError, match="its checksum differs") as raised:
        read(tmp_path)
    assert raised.value.path == tmp_path / CARD


def test_a_card_of_an_earlier_version_has_no_checksum(tmp_path):
    (tmp_path / CARD).write_text(json.dumps({"kind": "classical", "format": 2}))
    assert read(tmp_path)["kind"] == "classical"
