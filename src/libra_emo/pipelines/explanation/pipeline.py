"""The explanation as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.explanation import nodes


def create_pipeline() -> Pipeline:
    """Return the pipeline that explains the final labels."""
    return pipeline(
        [
            node(
                nodes.write_explanations,
                ["labels", "features", "taxonomy", "params:explanation"],
                "explanations",
                name="write_explanations",
            ),
            node(
                nodes.report_explanations,
                "explanations",
                "explanation_report",
                name="report_explanations",
            ),
        ],
        tags=["explanation"],
    )
