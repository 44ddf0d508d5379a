"""What each stage of dvc.yaml rests on besides data and parameters, as digests.

A stage's nodes carry its name as a tag. It rests on the code that their functions and the datasets
of their catalog entries reach, on how the nodes are connected, on these entries, and on files that
people edit and that the entries or the parameters name, such as prompts and prices.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.common.code_digests import EVERYTHING, digest_data, find_reach, source_tree
from libra_emo.common.digests import digest_json, digest_sampled
from libra_emo.common.files import write_json
from libra_emo.configuration.memory.reach import ReachMemory

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline
    from kedro.pipeline.node import Node
    from pydantic import BaseModel

    from libra_emo.common.code_digests import Reach, SourceTree

PARTS_FILE = Path("data/02_intermediate/.stages.json")
REMEMBERED = 5  # versions of each stage
PACKAGE = __name__.partition(".")[0]
PARAMETER = "params:"
NODES = "nodes"
ENTRY = "catalog."
# options of a catalog entry that change no result, or are secret
LEFT_OUT = ("credentials", "metadata", "preview")

# a text with a folder or an ending; single words such as `text` are names
LIKE_A_PATH = re.compile(r"(?![^/]*://)[^\n]*[/.][^\n]*")
# part of a stage, such as a module or a file → its digest
Parts = dict[str, str]


def digest_stages(
    pipeline: Pipeline,
    catalog: CatalogProtocol[Any, Any],
    parameters: dict[str, Any],
    project: Path,
    remember: bool = False,
) -> dict[str, Parts]:
    """Return what every stage rests on: the parts' names and digests.

    Args:
        pipeline: All pipelines as one.
        catalog: Catalog that describes the datasets.
        parameters: All parameters, merged.
        project: The project's folder, where paths start.
        remember: Whether to keep in a file what code is reached, so that it is searched once.
    """
    memory = ReachMemory(project)
    made = pipeline.all_outputs()
    entries = {name: _entry(name, catalog) for name in pipeline.datasets()}
    own = {project / str(entries[name]["filepath"]) for name in made if "filepath" in entries[name]}
    files = cache(lambda group: dict(_option_files(group, parameters, project, own)))
    stages: dict[str, Parts] = {}
    for name in sorted({tag for node in pipeline.nodes for tag in node.tags}):
        nodes = pipeline.only_nodes_with_tags(name).nodes
        used = {each for node in nodes for each in (*node.inputs, *node.outputs)}
        described = {each: entries[each] for each in sorted(used) if entries.get(each)}
        read = [entry for each, entry in described.items() if each not in made]
        groups = {each.removeprefix(PARAMETER).split(".")[0] for each in used if PARAMETER in each}
        stages[name] = {
            **_digest_reach(nodes, described.values(), memory),
            NODES: digest_json(sorted(_connections(node) for node in nodes)),
            **{ENTRY + each: _digest_entry(entry, project) for each, entry in described.items()},
            **dict(_entry_files(read, project)),
            **{path: digest for group in groups for path, digest in files(group).items()},
        }
    if remember:
        memory.write()
    return stages


def tag_of(stage: str) -> str:
    """Return the tag of a stage's nodes by the stage's name in DVC, such as `label_round@1`."""
    return stage.rsplit(":", 1)[-1].replace("@", "_")


def digest_parts(stages: Mapping[str, Parts]) -> dict[str, str]:
    """Return one digest a stage."""
    return {name: digest_json(parts) for name, parts in stages.items()}


def remember_parts(stages: Mapping[str, Parts], project: Path) -> None:
    """Keep the digests of the parts, so that it can be said later which one has changed."""
    known = _remembered(project)
    kept = {}
    for name, digest in digest_parts(stages).items():
        before = {each: parts for each, parts in known.get(name, {}).items() if each != digest}
        latest = list(before.items())[-REMEMBERED + 1 :]
        kept[name] = {**dict(latest), digest: stages[name]}
    if kept != known:
        write_json(project / PARTS_FILE, kept)


def changed_parts(name: str, digest: str, parts: Parts, project: Path) -> list[str]:
    """Return the parts of a stage that differ from those of an earlier digest; none if unknown."""
    before = _remembered(project).get(name, {}).get(digest)
    if before is None:
        return []
    return [part for part in sorted({*before, *parts}) if before.get(part) != parts.get(part)]


def _remembered(project: Path) -> dict[str, dict[str, Parts]]:
    try:
        found: dict[str, dict[str, Parts]] = json.loads(
            (project / PARTS_FILE).read_text(encoding="utf-8")
        )
    except (OSError, ValueError):
        return {}
    return found


def reach_of(nodes: Iterable[Node], catalog: CatalogProtocol[Any, Any]) -> Reach:
    """Return the code that nodes reach, with that of the datasets that they read and write."""
    nodes = list(nodes)
    names = sorted({name for node in nodes for name in (*node.inputs, *node.outputs)})
    return _reach(nodes, [entry for name in names if (entry := _entry(name, catalog))])


def _reach(nodes: Iterable[Node], entries: Iterable[dict[str, Any]]) -> Reach:
    return _find(*_starts(nodes, entries))


def _digest_reach(
    nodes: Iterable[Node], entries: Iterable[dict[str, Any]], memory: ReachMemory
) -> dict[str, str]:
    packages, starts = _starts(nodes, entries)
    return memory.find(_tree(packages), starts, lambda: dict(_find(packages, starts).digests))


def _starts(
    nodes: Iterable[Node], entries: Iterable[dict[str, Any]]
) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return the packages of some nodes' code, and the functions and datasets that they call."""
    starts = {(node.func.__module__, _outermost(node.func)) for node in nodes}
    packages = frozenset({PACKAGE, *(module.partition(".")[0] for module, _ in starts)})
    datasets = {_dataset_class(str(entry["type"])) for entry in entries}
    return packages, frozenset(starts | datasets)


@cache
def _find(packages: frozenset[str], starts: frozenset[tuple[str, str]]) -> Reach:
    return find_reach(_tree(packages), sorted(starts))


@cache
def _tree(packages: frozenset[str]) -> SourceTree:
    return source_tree(sorted(packages))


def _outermost(function: Any) -> str:
    """Return the name at the top of its module under which a function stands."""
    name = str(getattr(function, "__qualname__", "")).partition(".")[0]
    return name if name.isidentifier() else EVERYTHING


@cache
def _dataset_class(kind: str) -> tuple[str, str]:
    from kedro.io.core import parse_dataset_definition

    found, _ = parse_dataset_definition({"type": kind})
    return found.__module__, found.__qualname__


def _entry(name: str, catalog: CatalogProtocol[Any, Any]) -> dict[str, Any]:
    """Return the catalog's entry of a dataset, empty for parameters and what is in memory only."""
    if name not in catalog or name == "parameters" or name.startswith(PARAMETER):
        return {}
    resolver: Any = getattr(catalog, "config_resolver")  # noqa: B009 - the protocol lacks it
    found: dict[str, Any] = resolver.resolve_pattern(name)
    return found


def _connections(node: Node) -> str:
    # Kedro has no public way to ask which argument gets which dataset
    return digest_json([node.func.__qualname__, node._inputs, node._outputs])


def _digest_entry(entry: dict[str, Any], project: Path) -> str:
    kept = {key: value for key, value in entry.items() if key not in LEFT_OUT}
    return digest_json(_relative(kept, project))


def _relative(value: Any, project: Path) -> Any:
    """Return options with paths as they are seen from the project's folder."""
    if isinstance(value, dict):
        return {key: _relative(item, project) for key, item in value.items()}
    if isinstance(value, list):
        return [_relative(item, project) for item in value]
    if isinstance(value, str):
        place = project.as_posix()
        return "." if value == place else value.removeprefix(f"{place}/")
    return value


def _entry_files(entries: Iterable[dict[str, Any]], project: Path) -> Iterator[tuple[str, str]]:
    """Give the files that people edit: what no node makes, nor writes into."""
    from libra_emo.datasets import LedgerDataset

    for entry in entries:
        path = project / str(entry.get("filepath", ""))
        kind = _dataset_class(str(entry["type"]))
        if path.is_file() and kind != (LedgerDataset.__module__, LedgerDataset.__qualname__):
            yield _relative(path.as_posix(), project), digest_data(path)


def _option_files(
    group: str, parameters: dict[str, Any], project: Path, own: Collection[Path]
) -> Iterator[tuple[str, str]]:
    """Give the files and folders that a group of parameters names, by default or by hand.

    A text counts as well, such as a checkpoint that may be a folder or a name on a hub, if there is
    such a file or folder. What the pipelines make themselves is left out: it would differ after
    every run.
    """
    from libra_emo.configuration.options import GROUPS, options_class

    options = options_class(group) if group in GROUPS and group in parameters else None
    for value in _paths(options.model_validate(parameters[group])) if options else ():
        path = project / value
        if any(each == path or each in path.parents for each in own):
            continue
        if path.is_dir():
            files = [each for each in path.rglob("*") if each.is_file()]
            content = sorted(
                (each.relative_to(path).as_posix(), digest_sampled(each)) for each in files
            )
            yield _relative(path.as_posix(), project), digest_json(content)
        elif path.is_file():
            yield _relative(path.as_posix(), project), digest_data(path)


def _paths(value: BaseModel | Any) -> Iterator[Path]:
    """Give every path among options, however deep, and every text that may be one."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, str):
        if LIKE_A_PATH.fullmatch(value):
            yield Path(value).expanduser()
    elif hasattr(value, "model_dump"):
        yield from _paths(value.model_dump())
    elif isinstance(value, dict):
        yield from (path for item in value.values() for path in _paths(item))
    elif isinstance(value, list | tuple):
        yield from (path for item in value for path in _paths(item))
