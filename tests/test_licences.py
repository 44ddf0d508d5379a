"""The licences of everything that the package needs when it runs; docs/licences.md explains them.

What counts is what is installed: the dependencies in pyproject.toml, those of the extras that users
install, and all that these need in turn. Extras that are not installed are left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
EXTRAS = ("train", "dask", "postgres", "collection")

# Licences that may stand beside Apache-2.0. MPL and EPL cover only the files of the package itself,
# which is used unchanged.
CARRIED = re.compile(
    r"mit\b|bsd|apache|isc\b|python software|psf|cnri|mpl|mozilla|epl|eclipse|zlib|zope|zpl"
    r"|boost|bsl-1|cc0|unlicense|public domain|academic free",
    re.IGNORECASE,
)
# LGPL is among them: it is decided package by package, in REVIEWED.
NOT_CARRIED = re.compile(
    r"gpl|gnu general|affero|sspl|server side|proprietary|commercial|noncommercial", re.IGNORECASE
)

# What the metadata leave open or say too strictly, looked at by a person: name → reason.
REVIEWED = {
    "cookiecutter": "BSD-3-Clause by its LICENSE file; the metadata name none",
    "huey": "MIT by its LICENSE file; the metadata name none",
    "skops": "MIT by its LICENSE file; the metadata name none",
    "grandalf": "GPL-2.0 or EPL-1.0 at the user's choice: taken under EPL-1.0",
    "text-unidecode": "Artistic or GPL at the user's choice: taken under the Artistic License",
    "pygit2": "GPL-2.0 with an exception that permits linking it into any program",
    "psycopg*": "LGPL-3.0; only in the extra postgres, loaded by SQLAlchemy, exchangeable",
    "nvidia-*": "NVIDIA's terms, which permit use; torch's Linux wheels ask for them (extra train)",
    "cuda-toolkit": "an empty package that names NVIDIA's libraries (extra train)",
}


def read_requirements() -> list[Requirement]:
    """Return what pyproject.toml asks for, without the extras for developers."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    extras = [project["optional-dependencies"][name] for name in EXTRAS]
    return [Requirement(text) for group in (project["dependencies"], *extras) for text in group]


def find_installed(requirements: list[Requirement]) -> dict[str, Distribution]:
    """Return every installed distribution that the requirements lead to, by its name."""
    found: dict[str, Distribution] = {}
    visited: set[tuple[str, frozenset[str]]] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in visited:
            continue
        visited.add(key)
        try:
            found[key[0]] = distribution(requirement.name)
        except PackageNotFoundError:  # another platform's, or an extra that is not installed
            continue
        waiting += needed_by(found[key[0]], requirement.extras)
    return found


def needed_by(package: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for text in package.requires or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": name}) for name in ("", *extras)):
            yield requirement


def read_licence(package: Distribution) -> str:
    """Return the licence as an expression: License-Expression, else classifiers, else License."""
    metadata = package.metadata
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = metadata.get_all("Classifier") or []
    licences = [text.split(" :: ")[-1] for text in classifiers if text.startswith("License ::")]
    named = [text for text in licences if text != "OSI Approved"]
    if named:
        return " AND ".join(named)
    return str(metadata.get("License") or "").strip().split("\n", 1)[0]


def is_carried(licence: str) -> bool:
    """Return whether Apache-2.0 can carry a licence expression, such as `MIT AND (A OR B)`."""
    for operator, holds in (("OR", any), ("AND", all)):
        parts = split_outside_brackets(licence, operator)
        if len(parts) > 1:
            return holds(is_carried(part) for part in parts)
    plain = licence.strip()
    if plain.startswith("(") and plain.endswith(")"):
        return is_carried(plain[1:-1])
    return bool(CARRIED.search(plain)) and not NOT_CARRIED.search(plain)


def split_outside_brackets(licence: str, operator: str) -> list[str]:
    parts, depth = [""], 0
    for word in re.split(r"(\s+|[()])", licence):
        depth += (word == "(") - (word == ")")
        if word == operator and depth == 0:
            parts.append("")
        else:
            parts[-1] += word
    return parts


@pytest.fixture(scope="module")
def installed() -> dict[str, Distribution]:
    return find_installed(read_requirements())


def test_apache_can_carry_every_runtime_dependency(installed):
    assert len(installed) > 100, "most dependencies are missing, so this test says nothing"
    refused = {
        name: read_licence(package) or "none named"
        for name, package in sorted(installed.items())
        if not is_carried(read_licence(package))
        and not any(fnmatch(name, pattern) for pattern in REVIEWED)
    }
    assert not refused, f"no licence that Apache-2.0 can carry: {refused}; see docs/licences.md"


def test_packages_that_were_reviewed_still_need_it(installed):
    for name, package in installed.items():
        reasons = [reason for pattern, reason in REVIEWED.items() if fnmatch(name, pattern)]
        if reasons and not name.startswith("nvidia-"):
            assert not is_carried(read_licence(package)), f"{name} needs no reason any more"


def test_the_oracle_of_the_tests_is_none_of_them(installed):
    assert "krippendorff" not in installed
    assert not is_carried(read_licence(distribution("krippendorff")))


@pytest.mark.parametrize(
    ("licence", "carried"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-2.0-or-later", True),
        ("BSD-3-Clause AND GPL-3.0-only", False),
        ("(MIT OR GPL-2.0-only) AND 0BSD", True),
        ("(MIT AND GPL-2.0-only) OR (LGPL-3.0-only)", False),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GNU Affero General Public License v3", False),
        ("LGPL-3.0-only", False),
        ("SSPL-1.0", False),
        ("CC-BY-NC-4.0", False),
        ("Free for non-commercial use", False),
        ("LicenseRef-NVIDIA-Proprietary", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_a_licence_is_carried_or_not(licence, carried):
    assert is_carried(licence) is carried
