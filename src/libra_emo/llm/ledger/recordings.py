"""Recorded answers: a ledger's answers as a file that others can replay without a key."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from libra_emo.llm.ledger.ledger import ANSWERED, Answer, Ledger, LedgerError

_ANSWER = TypeAdapter(Answer)


def export_answers(ledger: Ledger, path: Path) -> int:
    """Write every final answer as JSON Lines, sorted by key; return how many.

    The same answers give the same bytes. A name that ends in `.gz` is compressed.
    """
    count = 0
    part = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as raw, _packed(raw, path) as file:
        for answer in ledger.answers():
            fields = {name: value for name, value in asdict(answer).items() if value is not None}
            file.write(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            count += 1
    os.replace(part, path)
    return count


def replay_answers(ledger: Ledger, path: Path) -> int:
    """Put the answers of a recording into a ledger; return how many were new to it.

    They count as asked, so a labelling with the same clips, prompts and models asks nobody.

    Raises:
        LedgerError: If the file cannot be read or a line of it is no answer.
    """
    return ledger.add(_read(path))


def _read(path: Path) -> Iterator[Answer]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    answer = _ANSWER.validate_json(line)
                except ValidationError as error:
                    first = error.errors()[0]
                    raise LedgerError(
                        f"{path}, line {number}: {first['msg']}; is this a recording of answers?"
                    ) from error
                if answer.status != ANSWERED:
                    raise LedgerError(f"{path}, line {number}: a failed call is no answer")
                yield answer
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path}: cannot be read: {error}") from error


def _packed(raw: io.BufferedWriter, path: Path) -> io.BufferedIOBase:
    if path.suffix == ".gz":
        return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)
    return raw
