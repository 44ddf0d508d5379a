"""The evaluation: how good the models are on the bench, and how the labels changed."""

from libra_emo.pipelines.evaluation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
