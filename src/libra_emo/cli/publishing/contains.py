"""`kedro contains`: whether a film is in a release, without network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from libra_emo.cli.endings import one_line_errors

RELEASES = "data/09_release"
NOT_CONTAINED = 1


@click.command()
@click.argument("film")
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    help="Folder of a release, or its release.json; by default the latest in data/09_release.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of lines.")
@click.pass_obj
@one_line_errors
def contains(metadata: Any, film: str, release: Path | None, as_json: bool) -> None:
    """Say whether a FILM is in a release: its address, its file, or the SHA-256 of its file.

    Addresses are compared in one form, so it does not matter how the address is written. The exit
    status is 0 if the film is in the release, 1 if it is not, and 2 if that cannot be said.
    """
    from libra_emo.publication.membership import find_film, read_sources

    place = release or _find_latest(metadata.project_path)
    contents = read_sources(place)
    found = find_film(film, contents)
    version = contents.get("version")
    if as_json:
        click.echo(json.dumps({"version": version, "films": found}, ensure_ascii=False))
    else:
        for known in found:
            click.echo(describe_film(known, version))
        if not found:
            click.echo(f"not in release {version}, which has {len(contents['films'])} films")
    if not found:
        click.get_current_context().exit(NOT_CONTAINED)


def describe_film(film: dict[str, Any], version: Any) -> str:
    """Return what a release has of a film, as one line."""
    clips = film["rows"]["clips"]
    kind = "with video and sound" if film["copies"] else f"as time codes alone ({film['reason']})"
    return f"in release {version}: {film['film_id']}, {clips} clips of {film['split']}, {kind}"


def _find_latest(project: Path) -> Path:
    from libra_emo.publication.membership import SourcesError, list_releases

    releases = list_releases(project / RELEASES)
    if not releases:
        raise SourcesError(
            f"there is no release in {RELEASES}: run `kedro run --pipeline publication`, or name "
            "a release with --release"
        )
    return releases[0]
