"""`croissant.json`: a pure function of the other files of a release."""

from __future__ import annotations

import json
from typing import Any, Final

from libra_emo.common.licensing.terms import read_licences
from libra_emo.publication.cards.facts import count_release
from libra_emo.publication.cards.reading import Release
from libra_emo.publication.cards.rendering import offered_tables
from libra_emo.publication.croissant.context import CONFORMS_TO, make_context
from libra_emo.publication.croissant.policy import describe_policy
from libra_emo.publication.croissant.record_sets import describe_files, describe_record_sets
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.agents import MODEL, PERSON, SIMULATED

CROISSANT: Final = "croissant.json"
_DESCRIPTIONS: Final = {
    PERSON: "{agents} people under pseudonyms, {votes} votes",
    SIMULATED: "{agents} simulated annotators (programs, not people), {votes} votes",
    MODEL: "{agents} models and rules, {votes} votes",
}


def describe_release(release: Release) -> dict[str, Any]:
    """Return the description of a release in Croissant 1.1 with RAI, PROV and ODRL."""
    options = read_options(release)
    tables, shards = offered_tables(release), release.shards()
    facts = count_release(release)
    return {
        "@context": make_context(),
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": options.name,
        "description": f"{options.title}: {facts['total']['clips']} clips of "
        f"{facts['total']['films']} films with labels of emotions, votes and explanations.",
        "url": options.url,
        "version": options.version,
        "datePublished": options.date.isoformat(),
        "license": read_licences()[options.license].address,
        "creator": [{"@type": "sc:Organization", "name": name} for name in options.creators],
        "citeAs": _cite(options),
        "keywords": ["emotion recognition", "film", "annotator disagreement"],
        "inLanguage": [row["value"] for row in facts["languages"] if row["value"] != "unknown"],
        "isLiveDataset": False,
        "usageInfo": describe_policy(options),
        **_describe_responsibly(facts),
        **_describe_origin(release),
        "distribution": describe_files(release.folder, tables),
        "recordSet": describe_record_sets(release.folder, tables, shards[0] if shards else None),
    }


def write_document(document: dict[str, Any]) -> str:
    """Return a description as the text of its file."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def read_options(release: Release) -> PublicationOptions:
    """Return the options with which a release was made."""
    names = PublicationOptions.model_fields
    return PublicationOptions(**{name: release.contents[name] for name in names})


def _cite(options: PublicationOptions) -> str:
    authors = " and ".join(f"{{{name}}}" for name in options.creators)
    fields = {
        "title": options.title,
        "author": authors,
        "year": options.date.year,
        "version": options.version,
        "url": options.url,
    }
    listed = ", ".join(f"{name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{options.name}, {listed}}}"


def _describe_responsibly(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of the vocabulary for responsible AI."""
    kinds = {row["kind"] for row in facts["agents"]}
    agents = "; ".join(_DESCRIPTIONS[row["kind"]].format(**row) for row in facts["agents"])
    alphas = "; ".join(
        f"{row['campaign']}: {row['alpha']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
        for row in facts["campaigns"]
    )
    counts = ", ".join(f"{row['value']} {row['clips']}" for row in facts["languages"])
    simulated = SIMULATED in kinds
    return {
        "rai:dataCollection": "Scenes of licensed films that have a subtitle and a face in every "
        "sampled frame, cut at the film's own cuts.",
        "rai:dataAnnotationProtocol": f"Voters label first; people label what voters and a student "
        f"disagree on, blind to both. {agents}.",
        "rai:dataAnnotationAnalysis": f"Krippendorff's alpha with 95 % intervals. {alphas}.",
        "rai:machineAnnotationTools": ["libra_emo"],
        "rai:dataLimitations": "Clips show what actors display, not what anybody feels. Scenes "
        "without a subtitle, or with a frame without a face, are left out. "
        + ("Annotators are simulated: labels say nothing about people. " if simulated else ""),
        "rai:dataBiases": f"Clips by language: {counts}. Labels, themes and languages are not "
        "balanced. Age, gender and culture of actors and annotators are not recorded.",
        "rai:personalSensitiveInformation": "Faces and voices of actors, as the films show them; "
        "language. Votes of people are under pseudonyms, without times of day.",
        "rai:dataUseCases": "Research on displayed emotions in film, on labelling by people and "
        "models, and on disagreement of annotators. Not for judging real persons.",
        "rai:dataSocialImpact": "Models trained on it could be used to infer emotions of persons. "
        "At work and in education Regulation (EU) 2024/1689, Article 5(1)(f), prohibits this since "
        "2 February 2025. Written on 30 November 2026; not legal advice.",
        "rai:hasSyntheticData": simulated,
    }


def _describe_origin(release: Release) -> dict[str, Any]:
    """Return from which films the release was derived, and by which activities."""
    films = [
        {
            "@type": "prov:Entity",
            "@id": film["url"] or f"urn:sha256:{film['sha256']}",
            "name": film["film_id"],
            "sha256": film["sha256"],
            **({"license": film["license"]} if film["license"] else {}),
            **({"prov:wasAttributedTo": _agent(film["author"])} if film["author"] else {}),
        }
        for film in release.contents["films"]
        if film["files"]
    ]
    steps = ("preprocessing", "bench", "voting", "active_learning", "explanation", "publication")
    activities = [
        {"@type": "prov:Activity", "@id": f"activity/{name}", "name": name} for name in steps
    ]
    return {"prov:wasDerivedFrom": films, "prov:wasGeneratedBy": activities}


def _agent(name: str) -> dict[str, str]:
    return {"@type": "prov:Agent", "name": name}
