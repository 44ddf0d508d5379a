"""The project's own commands; Kedro finds them in `cli` and shows them beside its own."""

from libra_emo.quiet import keep_quiet

keep_quiet()

import click  # noqa: E402

from libra_emo.cli.answers import export_answers, replay_answers, restore_answers  # noqa: E402
from libra_emo.cli.browse import lineage, runs  # noqa: E402
from libra_emo.cli.export_bench import export_bench  # noqa: E402
from libra_emo.cli.export_model import export_model  # noqa: E402
from libra_emo.cli.labelling.certificate import certificate  # noqa: E402
from libra_emo.cli.labelling.planning import budget, power  # noqa: E402
from libra_emo.cli.labelling.simulate import simulate  # noqa: E402
from libra_emo.cli.people.annotate import annotate  # noqa: E402
from libra_emo.cli.people.annotators import annotators  # noqa: E402
from libra_emo.cli.people.campaigns import campaigns  # noqa: E402
from libra_emo.cli.people.queue import export_queue  # noqa: E402
from libra_emo.cli.people.votes import import_votes, restore_votes  # noqa: E402
from libra_emo.cli.publishing.check_release import check_release  # noqa: E402
from libra_emo.cli.publishing.contains import contains  # noqa: E402
from libra_emo.cli.publishing.takedown import takedown  # noqa: E402
from libra_emo.cli.quote import quote  # noqa: E402
from libra_emo.cli.reproduce import reproduce  # noqa: E402
from libra_emo.cli.run import run  # noqa: E402
from libra_emo.cli.score import score  # noqa: E402
from libra_emo.cli.summary import summary  # noqa: E402
from libra_emo.cli.why import why  # noqa: E402


@click.group(name="libra_emo")
def cli() -> None:
    """Commands of this project."""


for command in (
    run,
    reproduce,
    summary,
    why,
    quote,
    annotate,
    annotators,
    campaigns,
    export_queue,
    import_votes,
    restore_votes,
    export_answers,
    replay_answers,
    restore_answers,
    lineage,
    runs,
    score,
    simulate,
    power,
    budget,
    certificate,
    export_model,
    export_bench,
    check_release,
    contains,
    takedown,
):
    cli.add_command(command)
