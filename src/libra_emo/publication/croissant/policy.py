"""How a release may be used, as an offer in ODRL that `usageInfo` holds."""

from __future__ import annotations

from typing import Any

from libra_emo.common.licensing.terms import read_licences
from libra_emo.publication.options import PublicationOptions


def describe_policy(options: PublicationOptions) -> dict[str, Any]:
    """Return what is permitted, what is asked for, and what is prohibited.

    Permission and duties are those of the licence of labels and cards. Clips keep the licences of
    their films, which `films` and `attribution` list.
    """
    licence = read_licences()[options.license]
    actions = ["odrl:reproduce", "odrl:distribute"]
    actions += ["odrl:derive"] if licence.terms.derivatives else []
    permission: dict[str, Any] = {
        "@type": "odrl:Permission",
        "odrl:action": [{"@id": action} for action in actions],
    }
    if licence.terms.attribution:
        duty = {"@type": "odrl:Duty", "odrl:action": {"@id": "odrl:attribute"}}
        permission["odrl:duty"] = duty
    prohibitions = [_prohibit_inference()]
    if not licence.terms.commercial:
        action = {"@type": "odrl:Prohibition", "odrl:action": {"@id": "odrl:commercialize"}}
        prohibitions.append(action)
    return {
        "@type": ["sc:CreativeWork", "odrl:Offer"],
        "name": f"Use of labels and cards under {licence.spdx}; clips keep their films' licences",
        "url": licence.address,
        "odrl:permission": permission,
        "odrl:prohibition": prohibitions,
    }


def _prohibit_inference() -> dict[str, Any]:
    return {
        "@type": "odrl:Prohibition",
        "name": "Inferring emotions of natural persons at work or in education",
        "description": "Regulation (EU) 2024/1689, Article 5(1)(f), since 2 February 2025; "
        "exceptions for medical and safety reasons. Written on 30 November 2026; not legal advice.",
        "odrl:action": {"@id": "odrl:use"},
        "odrl:constraint": {
            "@type": "odrl:Constraint",
            "odrl:leftOperand": {"@id": "odrl:purpose"},
            "odrl:operator": {"@id": "odrl:isAnyOf"},
            "odrl:rightOperand": [
                "emotion recognition at the workplace",
                "emotion recognition in education institutions",
            ],
        },
    }
