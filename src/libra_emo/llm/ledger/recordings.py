"""Recordings: the answers of a ledger as a file that others can replay without a key."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from libra_emo.common.files import new_file
from libra_emo.common.options import describe_error
from libra_emo.llm.ledger.answers import key_in
from libra_emo.llm.ledger.ledger import ANSWERED, Ledger, LedgerError, RecordedAnswer
from libra_emo.llm.ledger.money import is_amount

AMOUNTS: Final = ("cost_usd", "prompt_tokens", "completion_tokens", "seconds")
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
        answer = _ANSWER.validate_python({**_fields(line)})
    except ValidationError as error:
        raise LedgerError(
            f"{place}: {describe_error(error)}; is this a recording of answers?"
        ) from error
    if answer.status != ANSWERED:
        raise LedgerError(f"{place}: a failed call is no answer")
    for name in AMOUNTS:
        value = getattr(answer, name)
        if value is not None and not is_amount(value):
            raise LedgerError(f"{place}: {name} is {value}; it must be a number from 0 on")
    own = key_in(answer.asked)
    if own is not None and own != answer.key:
        raise LedgerError(
            f"{place}: the answer has the key {answer.key}, but its question has {own}; take the "
            "recording as it was exported"
        )
    return answer


def _fields(line: str) -> dict[str, object]:
    """Return the fields of a line, without those that only answers kept from a full disk have."""
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(fields, dict):
        return {}
    return {name: value for name, value in fields.items() if name not in ("reservation", "billed")}


def _compress(raw: io.BufferedWriter, path: Path) -> io.BufferedIOBase:
    if path.suffix == ".gz":
        return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)
    return raw
