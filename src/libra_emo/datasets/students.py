"""Trained students, each in a folder of its own or as a pointer to another folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractDataset, DatasetError

from libra_emo.common.files import new_folder, write_json
from libra_emo.common.integrity.checksums import (
    CHECKSUM_KEY,
    DamagedFileError,
    checksum_json,
)

if TYPE_CHECKING:
    from libra_emo.students import Student

POINTER_FILE = "pointer.json"


class StudentDataset(AbstractDataset["Student | dict[str, str]", "Student"]):
    """A student in a folder.

    A student writes itself by its method `save(folder)`. `{"pointer": "round_2"}` is saved as a
    small file that names the neighbouring folder with the student, and a load follows it.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def save(self, data: Student | dict[str, str]) -> None:
        """Write the student or the pointer as a new folder, in one move."""
        with new_folder(self._filepath) as folder:
            if isinstance(data, dict):
                pointer = {"pointer": data["pointer"]}
                whole = {**pointer, CHECKSUM_KEY: checksum_json(pointer)}
                write_json(folder / POINTER_FILE, whole, indent=None)
            else:
                data.save(folder)

    def load(self) -> Student:
        """Return the student to which the pointers lead.

        Raises:
            DatasetError: If a pointer leads nowhere or in a circle.
            DamagedFileError: If a pointer is not as it was written.
        """
        home = self.home()
        from libra_emo.students import load_student

        return load_student(home)

    def home(self) -> Path:
        """Return the folder that holds the student itself.

        Raises:
            DatasetError: If a pointer leads nowhere or in a circle.
        """
        folder, seen = self._filepath, set()
        while (folder / POINTER_FILE).is_file():
            seen.add(folder)
            folder = folder.parent / _read_pointer(folder / POINTER_FILE)
            if folder in seen:
                raise DatasetError(
                    f"{self._filepath.name}: its pointers form a circle; train this round again"
                )
        if not folder.is_dir():
            raise DatasetError(
                f"{self._filepath.name}: there is no student in {folder.name}; train that one first"
            )
        return folder

    def _exists(self) -> bool:
        try:
            return any(not path.name.startswith(".") for path in self.home().iterdir())
        except (DatasetError, DamagedFileError):
            return False

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}


def _read_pointer(path: Path) -> str:
    """Return the name in a pointer; one of an earlier version, without a checksum, is believed."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        name = str(content["pointer"])
        whole = content.get(CHECKSUM_KEY) in (None, checksum_json(content))
    except (ValueError, LookupError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise DamagedFileError(f"{path} is damaged; `make run` trains this round again", path)
    return name
