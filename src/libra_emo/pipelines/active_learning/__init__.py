"""Rounds of train, re-predict, ask people, merge, until the score is flat."""

from libra_emo.pipelines.active_learning.pipeline import create_pipeline

__all__ = ["create_pipeline"]
