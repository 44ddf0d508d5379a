"""Which stages of dvc.yaml a run would redo, and why; nothing is run and nothing is written."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.cli.reproduction.graph import NoRepository, name_of, open_project, order_stages
from libra_emo.configuration.snapshot import plain
from libra_emo.configuration.stages import ENTRY, NODES, Parts, changed_parts, tag_of

if TYPE_CHECKING:
    from dvc.stage import Stage

__all__ = ["NoRepository", "list_stale"]

SHOWN = 3  # so many of the things that changed are named
NEVER_RUN = "never run"
OUTSIDE = {"films_digest": "films changed", "truth_digest": "the sample's truth changed"}


def list_stale(
    names: Collection[str], snapshot: Mapping[str, Any], stages: Mapping[str, Parts], project: Path
) -> list[tuple[str, str]]:
    """Return the stages that are missing or stale with the reasons, in the order of a run.

    Args:
        names: Stages that are asked for, with all that they rest on; all stages if there are none.
        snapshot: The resolved configuration, as `take_snapshot` returns it.
        stages: Parts that the stages rest on, as `digest_stages` returns them.
        project: The project's folder.

    Raises:
        NoRepository: If there is no repository, or no stage of such a name.
    """
    repository = open_project(project, snapshot)
    found: dict[Stage, str] = {}
    with contextlib.chdir(project), repository:
        graph = repository.index.graph
        for stage in order_stages(repository, names):
            before = [each for each in graph.successors(stage) if each in found]
            reasons = list(_reasons(stage, plain(dict(snapshot)), stages, before, project))
            if reasons:
                found[stage] = "; ".join(reasons)
    return [(name_of(stage), reason) for stage, reason in found.items()]


def _reasons(
    stage: Stage,
    snapshot: Mapping[str, Any],
    stages: Mapping[str, Parts],
    before: Collection[Stage],
    project: Path,
) -> Iterator[str]:
    if not any(output.hash_info for output in stage.outs):
        yield NEVER_RUN
        return
    if stage.cmd_changed:
        yield "command changed"
    remade = {Path(output.fs_path) for each in before for output in each.outs}
    for dependency in stage.deps:
        if hasattr(dependency, "params"):
            tag = tag_of(name_of(stage))
            parts = stages.get(tag, {})
            yield from _parameter_reasons(dependency, snapshot, tag, parts, project)
        elif not _overlaps(Path(dependency.fs_path), remade):
            yield from _file_reasons(dependency.workspace_status())
    for output in stage.outs:
        yield from _file_reasons(output.status())
    yield from (f"after {name_of(each)}" for each in sorted(before, key=name_of))


def _overlaps(path: Path, made: Iterable[Path]) -> bool:
    return any(path in (each, *each.parents) or each in path.parents for each in made)


def _file_reasons(status: Mapping[str, str]) -> Iterator[str]:
    for path, state in status.items():
        if state == "deleted":
            yield f"missing {path}"
        elif state == "not in cache":
            yield f"{path} is not in DVC's cache"
        else:
            yield f"{path} changed"


def _parameter_reasons(
    dependency: Any, snapshot: Mapping[str, Any], tag: str, parts: Parts, project: Path
) -> Iterator[str]:
    recorded = dependency.hash_info.value or {}
    for key in dependency.params:
        old, new = recorded.get(key), _value_of(key, snapshot)
        if old == new and key in recorded:
            continue
        kind, _, rest = key.partition(".")
        if kind == "code":
            yield from _code_reasons(changed_parts(tag, str(old), parts, project))
        elif kind == "votes":
            yield f"votes of {rest} changed"
        elif key in OUTSIDE:
            yield OUTSIDE[key]
        else:
            yield f"parameter {_shorten(list(_differences(key, old, new)))} changed"


def _value_of(key: str, snapshot: Mapping[str, Any]) -> Any:
    found: Any = snapshot
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _differences(key: str, old: Any, new: Any) -> Iterator[str]:
    """Give the full keys of the values that differ."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name) or (name in old) != (name in new):
                yield from _differences(f"{key}.{name}", old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                yield from _differences(f"{key}.{place}", one, other)
    else:
        yield key


def _code_reasons(changed: Collection[str]) -> Iterator[str]:
    """Give what changed in words; a module that was not known before is named as any other."""
    files = [part for part in changed if "/" in part]
    entries = [part.removeprefix(ENTRY) for part in changed if part.startswith(ENTRY)]
    modules = [
        part
        for part in changed
        if part not in files and part != NODES and not part.startswith(ENTRY)
    ]
    if modules or not changed:
        yield f"code changed ({_shorten(modules)})" if modules else "code changed"
    if NODES in changed and not modules:
        yield "code changed (how its nodes are connected)"
    if entries:
        yield f"catalog entry {_shorten(entries)} changed"
    if files:
        yield f"{_shorten(files)} changed"


def _shorten(names: Collection[str]) -> str:
    """Return names in a row: the first ones, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more
