"""The bench: who is how good, and how the labels became what they are."""

from libra_emo.pipelines.evaluation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
