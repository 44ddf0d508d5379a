"""`kedro certificate`: how good the released labels are, and whether that still holds."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import one_line_errors
from libra_emo.cli.session import environment_option, open_context
from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from libra_emo.labelling.certificate import Certificate
    from libra_emo.pipelines.active_learning.certifying import RoundCertificate

SIMULATED = "The annotators are simulated: this says nothing about people's labels."


class NoCertificate(LibraEmoError):
    """The labels have no certificate, or none that holds."""


@click.command()
@environment_option
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the certificate as JSON.",
)
@click.pass_obj
@one_line_errors
def certificate(metadata: Any, env: str | None, json_file: Path | None) -> None:
    """Show the certificate of the labels; the status is 1 if there is none that holds."""
    with open_context(metadata.project_path, env) as context:
        show_certificate(context.catalog, json_file)


def show_certificate(catalog: CatalogProtocol[Any, Any], json_file: Path | None = None) -> None:
    """Write the certificate of the labels, and raise if there is none that holds.

    Raises:
        NoCertificate: If so, with the reason.
    """
    from libra_emo.common.files import write_json

    if not catalog.exists("certificate"):
        raise NoCertificate("there are no labels yet: `make run` makes them")
    found: RoundCertificate = catalog.load("certificate")
    own = found.certificate
    reason = check_certificate(found, catalog)
    if own is None:
        raise NoCertificate(f"the labels have no certificate: {reason}")
    for line in describe_certificate(own, found.annotators):
        click.echo(line)
    if json_file is not None:
        content = {"annotators": found.annotators, "stale": reason}
        write_json(json_file, {**own.model_dump(mode="json"), **content})
    if reason is not None:
        raise NoCertificate(f"the certificate is stale: {reason}")


def check_certificate(found: RoundCertificate, catalog: CatalogProtocol[Any, Any]) -> str | None:
    """Return why a certificate no longer holds for the files as they are, or None."""
    from libra_emo.labelling.certificate import digest_tables, stale_reason

    if found.certificate is None:
        return found.reason
    name = f"round_{found.round}"
    # the votes so far include the audit once its interval is written
    tables = {
        "labels": ("labels",),
        "votes": (f"{name}.votes_so_far",),
        "models": (f"{name}.predictions", "machine_votes"),
    }
    missing = [each for names in tables.values() for each in names if not catalog.exists(each)]
    if missing:
        return f"{missing[0]} is not here, so it cannot be checked"
    digests = {
        part: digest_tables(*(catalog.load(each) for each in names))
        for part, names in tables.items()
    }
    return stale_reason(found.certificate, digests)


def describe_certificate(own: Certificate, annotators: str) -> list[str]:
    """Return a certificate as lines."""
    overall = own.overall
    lines = [
        own.estimand,
        f"{_share(overall.estimate).strip()} ({100 * overall.low:.1f} to "
        f"{100 * overall.high:.1f} %) of {own.released:,} labels; "
        f"{overall.clips:,} clips of {own.films} films were audited, "
        f"with {own.judgements:,} answers",
        f"look {own.look} of {own.planned_looks}; the intervals of all looks hold together with "
        f"{100 * own.level:g} %",
        f"two halves of the panel differ on {_share(own.panel.instability).strip()} of the clips",
    ]
    lines += [
        f"  {label:<12} {_share(one.estimate)} ({100 * one.low:.1f} to {100 * one.high:.1f} %)"
        f"  {one.clips} clips"
        for label, one in own.by_label.items()
    ]
    return [*lines, SIMULATED] if annotators == "simulated" else lines


def _share(estimate: float) -> str:
    return "  unknown" if math.isnan(estimate) else f"{100 * estimate:5.1f} %"
