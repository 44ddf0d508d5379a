"""A configuration in an archive, as `kedro package` writes it, or behind a URL."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from libra_emo.common.digests import digest_bytes, digest_json
from libra_emo.common.parts import part_of
from libra_emo.errors import LibraEmoError

CONF: Final = "conf"
BASE: Final = "base"
# hidden folders are none that Kedro reads configuration from
UNPACKED: Final = Path("data/configurations")
ARCHIVES: Final = (".tar.gz", ".tgz", ".tar", ".zip")
DIGITS: Final = 12
BROKEN: Final = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError)


class UnreadableConfigurationError(LibraEmoError):
    """A configuration that `--conf-source` names cannot be read."""


def unpack(conf_source: str) -> str:
    """Return the folder of a configuration; an archive or a URL is copied into one first.

    The copy lies below the working directory, under the digest of its content, and is made once.

    Args:
        conf_source: Folder, archive (`.tar.gz`, `.tgz`, `.tar` or `.zip`) or URL of one of them.

    Raises:
        UnreadableConfigurationError: If it cannot be read, or has no folder `base`.
    """
    if "://" not in conf_source and not conf_source.endswith(ARCHIVES):
        return conf_source
    try:
        found = _read(conf_source)
    except BROKEN as error:
        raise UnreadableConfigurationError(
            f"--conf-source {conf_source}: the configuration cannot be read ({error})"
        ) from error
    files = _without_top(found)
    if not any(name.parts[0] == BASE for name in files):
        raise UnreadableConfigurationError(
            f"--conf-source {conf_source}: there is no folder `{BASE}` in it; `kedro package` "
            "writes such an archive"
        )
    contents = {name.as_posix(): digest_bytes(content) for name, content in files.items()}
    place = Path.cwd() / UNPACKED / digest_json(contents)[:DIGITS]
    if not place.is_dir():
        _write(files, place)
    return str(place / CONF)


def _read(conf_source: str) -> dict[PurePosixPath, bytes]:
    """Return the files of an archive, or of an archive or a folder behind a URL."""
    if "://" not in conf_source:
        return _read_archive(Path(conf_source).read_bytes())
    import fsspec

    system, place = fsspec.core.url_to_fs(conf_source)
    if conf_source.endswith(ARCHIVES):
        return _read_archive(system.cat_file(place))
    folder = place.rstrip("/")
    return {
        PurePosixPath(path.removeprefix(folder).lstrip("/")): system.cat_file(path)
        for path in system.find(folder)
    }


def _read_archive(content: bytes) -> dict[PurePosixPath, bytes]:
    """Return the files of an archive; links and devices in it are left out."""
    file = io.BytesIO(content)
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            return {PurePosixPath(name): archive.read(name) for name in names}
    file.seek(0)
    with tarfile.open(fileobj=file) as tar:
        opened = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        return {PurePosixPath(name): part.read() for name, part in opened.items() if part}


def _without_top(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    """Return files by their paths below the folder that holds `base`; none leads out of it."""
    inside = {n: c for n, c in files.items() if n.parts and ".." not in n.parts and not n.root}
    tops = {name.parts[0] for name in inside}
    if len(tops) != 1 or tops == {BASE}:
        return inside
    (top,) = tops
    return {name.relative_to(top): c for name, c in inside.items() if len(name.parts) > 1}


def _write(files: Mapping[PurePosixPath, bytes], place: Path) -> None:
    """Write files into a new folder; another process may write the same ones meanwhile."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(place)
    try:
        for name, content in files.items():
            path = part / CONF / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        os.rename(part, place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
