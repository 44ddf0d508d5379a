"""A served bench at which people have worked for some days, with all kinds of pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.schemas import HumanVotes, check
from libra_emo.taxonomy import read_taxonomy
from support.acted_clips import act_clip
from support.annotation_process import NOW, ServedCampaign

PEOPLE = ("Ana Silva", "Ben", "王芳", "Cem", "Dia", "Eli", "Fay", "Gil")
ACTED = (
    ("sad", "I'm sorry for your loss. I loved him, too.", "我很难过，我也爱他。"),
    ("happy", "I never thought you would come back!", "我从没想过你会回来！"),
    ("angry", "You knew it all the time, and you said nothing.", "你一直都知道，却什么也没说。"),
)
CLIPS = 36
AGREEMENT = 0.7  # share of answers that are what most people say of a clip
TIE = (["sad", "despairful"] * 4)[:8]


def open_busy_campaign(folder, **settings):
    """Return a served bench: answers, a training, a gold campaign, ties that wait."""
    served = ServedCampaign(folder, CLIPS, PEOPLE, needed=8, **settings)
    served.show([_act(folder, number, *acted) for number, acted in enumerate(ACTED)])
    store, taxonomy = served.store, read_taxonomy()
    bench = Campaign.of("bench", taxonomy, 8, 4)
    store.open_campaign(bench, served.ids)
    training = replace(Campaign.of("training_1", taxonomy, 8, 1), kind="training")
    store.open_campaign(training, [QueueRow(clip, truth="sad") for clip in served.ids[:3]])
    gold = bench.mixed("gold", 0.05)
    store.open_campaign(gold, [QueueRow(clip, truth="happy") for clip in served.ids[1:9:3]])
    store.add_annotators(["Lea Meyer"], NOW, "lead")
    store.add_annotators(["Jo", "Kim"], NOW, "adjudicator")
    columns = ["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"]
    for second, *row in sorted(_draw_answers(taxonomy, served.ids)):
        votes = check(pd.DataFrame([[*row, None, None]], columns=columns), HumanVotes)
        store.add_votes(votes, NOW + timedelta(seconds=second))
    store.open_campaign(bench.adjudication, served.ids[:2])
    return served


def _act(folder, number, label, words, translation):
    boxes = act_clip(folder / f"{number}.mp4", label, number)
    return f"{number}.mp4", words, "en", 2.0, f'{{"zh": "{translation}"}}', boxes


def _draw_answers(taxonomy, ids):
    """Yield when who answered what about which clip: the first two clips are ties."""
    random = np.random.default_rng(3)
    for place, name in enumerate(PEOPLE):
        rows = [("bench", clip, TIE[place]) for clip in ids[:2]]
        for number, clip in enumerate(ids[2 : CLIPS - 2 - 2 * place], start=2):
            usual = taxonomy.labels[number * 5 % len(taxonomy.labels)]
            others = [*taxonomy[usual].neighbours, taxonomy.other]
            agrees = random.random() < AGREEMENT
            rows.append(("bench", clip, usual if agrees else str(random.choice(others))))
        rows.append(("bench.gold", ids[1], "happy" if place % 3 else "neutral"))
        for number, (campaign, clip, label) in enumerate(rows):
            yield (10 + 3 * place) * number, campaign, clip, name, label
