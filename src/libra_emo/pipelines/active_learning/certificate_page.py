"""The page of the certificate: one HTML file for people outside the project."""

from __future__ import annotations

from pathlib import Path

from libra_emo.evaluation.page import percent, whole
from libra_emo.evaluation.templates import open_templates
from libra_emo.pipelines.active_learning.certifying import RoundCertificate
from libra_emo.pipelines.active_learning.stopping_criterion import StopDecision

TEMPLATE = Path(__file__).parent / "certificate.html.j2"


def render_certificate(certificate: RoundCertificate, *decisions: StopDecision) -> str:
    """Return the page as HTML: the certificate, or why there is none, and why the loop stopped.

    Args:
        certificate: Certificate of the final labels.
        *decisions: Decisions of the rounds, in their order.
    """
    stops = [decision for decision in decisions if decision.stops]
    environment = open_templates(TEMPLATE.parent)
    environment.filters.update(percent=percent, whole=whole)
    return environment.get_template(TEMPLATE.name).render(
        found=certificate,
        own=certificate.certificate,
        simulated=certificate.annotators == "simulated",
        stop=(stops or list(decisions))[0 if stops else -1],
    )
