"""Rounds of training, selection and annotation, until the student's score is flat."""

from libra_emo.pipelines.active_learning.pipeline import create_pipeline

__all__ = ["create_pipeline"]
