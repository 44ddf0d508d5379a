"""The machine vote, and people where it does not decide: the labels of round 0."""

from libra_emo.pipelines.voting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
