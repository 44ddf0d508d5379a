"""Recordings: the answers of a ledger as a file that others can replay without a key."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from libra_emo.common.files import new_file
from libra_emo.common.options import describe_error
from libra_emo.llm.ledger.ledger import ANSWERED, Ledger, LedgerError, RecordedAnswer

_ANSWER = TypeAdapter(RecordedAnswer)


def export_answers(ledger: Ledger, path: Path) -> int:
    """Write every final answer as JSON Lines, sorted by key; return how many there are.

    The same answers give the same bytes. A file whose name ends in `.gz` is compressed.
    """
    count = 0
    with new_file(path) as part, part.open("wb") as raw, _compress(raw, path) as file:
        for answer in ledger.answers():
            fields = {name: value for name, value in asdict(answer).items() if value is not None}
            file.write(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            count += 1
    return count


def replay_answers(ledger: Ledger, path: Path) -> int:
    """Add the answers of a recording to a ledger; return how many were new.

    A run with the same clips, prompts and models then asks no model.

    Raises:
        LedgerError: If the file cannot be read or one of its lines is no answer.
    """
    return ledger.add(_read(path))


def _read(path: Path) -> Iterator[RecordedAnswer]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield _read_line(line, f"{path}, line {number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path}: cannot be read: {error}") from error


def _read_line(line: str, place: str) -> RecordedAnswer:
    try:
        answer = _ANSWER.validate_json(line)
    except ValidationError as error:
        raise LedgerError(
            f"{place}: {describe_error(error)}; is this a recording of answers?"
        ) from error
    if answer.status != ANSWERED:
        raise LedgerError(f"{place}: a failed call is no answer")
    return answer


def _compress(raw: io.BufferedWriter, path: Path) -> io.BufferedIOBase:
    if path.suffix == ".gz":
        return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)
    return raw
