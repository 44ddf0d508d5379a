"""The file of a classical student's numbers: plain arrays, in which nothing can be executed.

A pickle runs whatever code it names when it is loaded, and is lost when a class is renamed.
skops keeps scikit-learn's objects without that, but needs 8 s to write the 1,200 trees of a student
and names them by their place in memory, so that no two files are the same. NumPy's own format
takes a second, and the same arrays are always the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from libra_emo.common.digests import digest_file
from libra_emo.students.errors import DamagedStudentError, StudentError

MODEL = "model.npz"
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)

Arrays = dict[str, np.ndarray]


def write_arrays(folder: Path, models: Mapping[str, Mapping[str, np.ndarray]]) -> str:
    """Write the arrays of named models into a folder and return the file's digest."""
    arrays = {
        f"{model}/{name}": values
        for model, named in models.items()
        for name, values in named.items()
    }
    # NumPy's own `savez` lets zipfile choose headers, which are not the same on every Python
    with zipfile.ZipFile(folder / MODEL, "w") as archive:
        for name, values in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asanyarray(values), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue())
    return digest_file(folder / MODEL)


def read_arrays(folder: Path, sha256: str) -> dict[str, Arrays]:
    """Return the arrays that `write_arrays` wrote, by model and name.

    Args:
        folder: The student's folder.
        sha256: Digest of the file, as the student's card has it.

    Raises:
        StudentError: If the file is missing, was changed, or holds anything but numbers.
    """
    path = folder / MODEL
    if not path.is_file():
        raise StudentError(f"{folder}: {MODEL} is missing; train the student again")
    if digest_file(path) != sha256:
        raise DamagedStudentError(
            f"{folder}: {MODEL} is not the file that the student's card describes; get the whole "
            "folder again, or train the student again",
            path,
        )
    models: dict[str, Arrays] = {}
    try:
        with np.load(path, allow_pickle=False) as content:
            for key in content.files:
                model, _, name = key.rpartition("/")
                models.setdefault(model, {})[name] = _check_numbers(content[key])
    except Exception as error:
        raise StudentError(
            f"{folder}: {MODEL} cannot be read as plain arrays of numbers ({error}); train the "
            "student again"
        ) from error
    return models


def _check_numbers(values: object) -> np.ndarray:
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        raise ValueError("a part of it is no array of numbers")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError("a part of it has numbers that are not finite")
    return values
