"""Archives of inspect_ai (`.eval`): a ZIP file with the head of the log and a file a sample."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from libra_emo.evaluation.answers.answer_file import AnswerError

HEADS = ("header.json", "_journal/start.json")  # the first is written at the end of a run
_SAMPLE = re.compile(r"samples/.+\.json")
_ZSTANDARD = 93  # compression of newer archives, which zipfile reads from Python 3.14 on
_LOCAL_HEAD = struct.Struct("<26xHH")


def read_archive(path: Path) -> dict[str, Any]:
    """Return the log in an archive as one object, as inspect's JSON logs are.

    Raises:
        AnswerError: If it is no such archive or cannot be read.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            heads = [member for name in HEADS for member in members if member.filename == name]
            if not heads:
                raise AnswerError(f"{path}: is no log of inspect: it has no {' nor '.join(HEADS)}")
            log = json.loads(_read(file, archive, heads[0]))
            samples = [
                json.loads(_read(file, archive, member))
                for member in members
                if _SAMPLE.fullmatch(member.filename)
            ]
    except FileNotFoundError as error:
        raise AnswerError(f"{path}: cannot be read: {error.strerror}") from error
    except (OSError, ValueError, RecursionError, NotImplementedError, zipfile.BadZipFile) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise AnswerError(
            f"{path}: this archive of inspect is damaged or of another form ({reason}); "
            "`inspect log convert --to json` may convert it"
        ) from error
    if not isinstance(log, dict) or "eval" not in log:
        raise AnswerError(f"{path}: is no log of inspect: its head names no evaluation")
    return {**log, "samples": samples}


def _read(file: BinaryIO, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.compress_type != _ZSTANDARD:
        return archive.read(member)
    import pyarrow as pa

    file.seek(member.header_offset)
    name, extra = _LOCAL_HEAD.unpack(file.read(_LOCAL_HEAD.size))
    file.seek(name + extra, 1)
    packed = file.read(member.compress_size)
    content: bytes = pa.decompress(
        packed, decompressed_size=member.file_size, codec="zstd", asbytes=True
    )
    return content
