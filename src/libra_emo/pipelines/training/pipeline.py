"""The training as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.training import nodes


def create_pipeline() -> Pipeline:
    """Return the pipeline that writes the training examples and trains the last student."""
    return pipeline(
        [
            node(
                nodes.write_conversations,
                ["labels", "pool", "explanations", "taxonomy", "params:training"],
                "conversations",
                name="write_conversations",
            ),
            node(
                nodes.train_model,
                {
                    "features": "features",
                    "labels": "labels",
                    "pool": "pool",
                    "taxonomy": "taxonomy",
                    "student": "params:student",
                    "training": "params:training",
                    "seed": "params:seed",
                },
                "model",
                name="train_model",
            ),
        ],
        tags=["training"],
    )
