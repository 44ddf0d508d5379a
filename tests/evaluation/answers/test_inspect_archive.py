import io
import json
import struct
import zipfile

import pyarrow as pa
import pytest
from support.evaluation_sets import make_set

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.answers.reading import read_answers

CLIPS = make_set(["sad", "happy"])
HEAD = {"version": 2, "eval": {"model": "openai/gpt-4o"}}


def sample(clip, text):
    return {"id": clip, "epoch": 1, "output": {"completion": text}}


def write(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, json.dumps(content))
    return path


def members(head="header.json"):
    return {
        "_journal/summaries/1.json": [],
        "samples/c0_epoch_1.json": sample("c0", "sad; she cries"),
        "samples/c1_epoch_1.json": sample("c1", "happy"),
        head: HEAD,
    }


def repack_with_zstandard(path):
    """Replace the stored members of a ZIP file by ones that are compressed with Zstandard."""
    whole = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        infos = archive.infolist()
        contents = [archive.read(info) for info in infos]
    heads, directory = io.BytesIO(), io.BytesIO()
    for info, content in zip(infos, contents, strict=True):
        packed, name = pa.compress(content, codec="zstd", asbytes=True), info.filename.encode()
        sizes = (info.CRC, len(packed), len(content), len(name), 0)
        place = heads.tell()
        heads.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 93, 0, 33, *sizes) + name)
        heads.write(packed)
        directory.write(
            struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 93, 0, 33, *sizes, 0, 0, 0, 0,
                        place) + name
        )  # fmt: skip
    start, listed = heads.tell(), directory.getvalue()
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(infos), len(infos), len(listed), start, 0)
    path.write_bytes(heads.getvalue() + listed + end)


@pytest.mark.parametrize("head", ["header.json", "_journal/start.json"])
@pytest.mark.parametrize("form", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, "zstandard"])
def test_archives_are_read_however_they_are_packed(tmp_path, head, form):
    packed = form == "zstandard"
    path = write(tmp_path / "a.eval", members(head), zipfile.ZIP_STORED if packed else form)
    if packed:
        repack_with_zstandard(path)
    (found,) = read_answers(path, CLIPS)
    assert found.model == "openai/gpt-4o"
    assert [(answer.clip_id, answer.reply) for answer in found.answers] == [
        ("c0", "sad; she cries"), ("c1", "happy"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"a.json": {}}, "is no log of inspect: it has no header.json nor"),
        ({"header.json": []}, "its head names no evaluation"),
        ({"header.json": HEAD}, "the log has no samples"),
        ({"header.json": HEAD, "samples/1.json": [5]}, "not those that inspect writes"),
    ],
)
def test_other_archives_are_refused_in_one_line(tmp_path, content, message):
    with pytest.raises(AnswerError, match=message) as caught:
        read_answers(write(tmp_path / "a.eval", content), CLIPS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("end", [0, 10, 100, -1, -30])
def test_a_torn_archive_is_refused_in_one_line(tmp_path, end):
    path = write(tmp_path / "a.eval", members())
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(AnswerError, match=r"a\.eval: this archive of inspect is damaged"):
        read_answers(path, CLIPS)
    with pytest.raises(AnswerError, match="cannot be read: No such file"):
        read_answers(tmp_path / "b.eval", CLIPS)
