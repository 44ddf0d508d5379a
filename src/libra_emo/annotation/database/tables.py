"""The tables of the vote store in their present shape.

A change here needs a migration in `migrations/versions`; a test compares both.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()

ANNOTATORS: Final = sa.Table(
    "annotators",
    METADATA,
    sa.Column(
        "key", sa.Text, primary_key=True
    ),  # see `libra_emo.annotation.identity.names.name_key`
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),  # UTC, see `utc_text`
)
CAMPAIGNS: Final = sa.Table(
    "campaigns",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("annotators_per_clip", sa.Integer, nullable=False),
    sa.Column("threshold", sa.Integer, nullable=False),
    sa.Column("labels", sa.Text, nullable=False),  # a JSON list
    sa.Column("other", sa.Text, nullable=False),
    sa.Column("closed_at", sa.Text),  # UTC; null while the campaign takes votes
    sa.Column("kind", sa.Text, nullable=False, server_default="labels"),
    sa.Column("rate", sa.Float),  # share of its clips in the queue that it is mixed into
    sa.Column("distance", sa.Integer),  # answers between a clip and its repeat
    # nobody is asked about a clip who has answered for it in another campaign
    sa.Column("fresh", sa.Boolean, nullable=False, server_default=sa.false()),
)
CLIPS: Final = sa.Table(
    "campaign_clips",
    METADATA,
    sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), primary_key=True),
    sa.Column("clip_id", sa.Text, primary_key=True),
    sa.Column("clip_key", sa.Text, nullable=False),  # see `libra_emo.annotation.identity.clip_keys`
    sa.Column("reason", sa.Text, nullable=False, server_default="selected"),
    sa.Column("inclusion_probability", sa.Float, nullable=False, server_default="1"),
    sa.Column("draw_seed", sa.BigInteger),  # of the draw that chose the clip, if there was one
    sa.Column("truth", sa.Text),  # the known label
    sa.Column("texts", sa.Text),  # a JSON list of the two texts that are compared
    sa.Index("clips_of_campaign", "campaign", "clip_key"),
)
VOTES: Final = sa.Table(
    "votes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("vote_id", sa.Text, nullable=False),  # a vote that is sent again has the same
    sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
    sa.Column("clip_id", sa.Text, nullable=False),  # as the film was named then
    sa.Column("clip_key", sa.Text, nullable=False),
    sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column(
        "received_at", sa.Text, nullable=False
    ),  # UTC, by the store's own clock; it orders the votes
    sa.Column("voted_at", sa.Text),  # by the sender's clock; it decides nothing
    sa.Column("seconds", sa.Float),
    # an adjudicator's answer before the discussion; it is kept and decides nothing
    sa.Column("blind", sa.Boolean, nullable=False, server_default=sa.false()),
    # of all columns but the number, see `libra_emo.annotation.database.vote_checksums`
    sa.Column("crc32", sa.Text, nullable=False, server_default=""),
    sa.Index("votes_by_id", "vote_id", unique=True),
    sa.Index("votes_of_clip", "campaign", "clip_key"),
    sa.Index("votes_in_order", "campaign", "received_at"),
    sa.Index("votes_of_annotator", "campaign", "annotator", "clip_key"),
)
# What the annotation server adds.
SERVER_SECRETS: Final = sa.Table(
    "server_secrets",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
LINKS: Final = sa.Table(
    "links",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),  # what a session names
    sa.Column("digest", sa.Text, nullable=False),  # of the secret in the link's address
    sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.Text),
    sa.Index("links_by_digest", "digest", unique=True),
)
ASSIGNMENTS: Final = sa.Table(
    "assignments",
    METADATA,
    sa.Column("token", sa.Text, primary_key=True),  # the one name of this clip for this person
    sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
    sa.Column("clip_key", sa.Text, nullable=False),
    sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
    sa.Column("leased_until", sa.Text, nullable=False),  # UTC; the place is free afterwards
    sa.Column("skipped_at", sa.Text),
    sa.Column("answered_at", sa.Text),
    sa.Column("opened_at", sa.Text),  # when an adjudicator saw the votes of others
    sa.Index("assignments_of_clip", "campaign", "clip_key"),
    sa.Index("assignments_of_annotator", "campaign", "annotator", "answered_at"),
)
VOTE_DETAILS: Final = sa.Table(
    "vote_details",
    METADATA,
    sa.Column("vote_id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text),  # why no label fits
    sa.Column("second", sa.Text),  # the label that fits second best
    sa.Column("certainty", sa.Integer),  # 1 to 5
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("distress", sa.Boolean, nullable=False),
    sa.Column("other_person", sa.Boolean, nullable=False),
    sa.Column("played_s", sa.Float, nullable=False),
    sa.Column("plays", sa.Integer, nullable=False),
    sa.Column("muted", sa.Boolean, nullable=False),
    sa.Column("began_at", sa.Text),  # by the sender's clock
)
MESSAGES: Final = sa.Table(
    "adjudication_messages",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),  # a message that is sent again has the same
    sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
    sa.Column("clip_key", sa.Text, nullable=False),
    sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("vote_id", sa.Text),  # of the decision whose reason it gives; else null
    sa.Index("messages_of_clip", "campaign", "clip_key"),
)
