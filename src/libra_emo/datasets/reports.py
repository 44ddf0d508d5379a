"""Reports as JSON, examples as JSON lines, pages as text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

from kedro.io import DatasetError
from kedro_datasets._typing import JSONPreview
from pydantic import BaseModel, ValidationError

from libra_emo.common.options import describe_error
from libra_emo.datasets.files import PREVIEW_ROWS, FileDataset, without_private


class ReportDataset(FileDataset[Any, Any]):
    """A report as JSON with sorted keys; a number that is not defined is null.

    Args:
        filepath: Path of the file.
        model: The pydantic model of the report by its full name, such as
            `libra_emo.pipelines.active_learning.report.RoundReport`; the report then loads as
            one. Without a model it loads as a dictionary.
        preview: See `FileDataset`.
        metadata: See `FileDataset`.
    """

    def __init__(
        self,
        *,
        filepath: str,
        model: str | None = None,
        preview: bool = True,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, preview=preview, metadata=metadata)
        self._model = model

    def preview(self) -> JSONPreview:
        """Return the report for kedro-viz."""
        self._check_preview()
        return JSONPreview(json.dumps(without_private(json.loads(self._content()))))

    def _write(self, data: Any, path: Path) -> None:
        text = json.dumps(_plain(data), indent=2, sort_keys=True, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    def _read(self, content: bytes) -> Any:
        report: dict[str, Any] = json.loads(content)
        if self._model is None:
            return report
        try:
            return _find_model(self._model).model_validate(report)
        except ValidationError as error:
            raise DatasetError(
                f"{self._filepath.name}: {describe_error(error)}; "
                "run the pipeline that writes it again"
            ) from error

    def _is_complete(self, content: bytes) -> bool:
        try:
            json.loads(content)
        except ValueError:
            return False
        return True


class JsonLinesDataset(FileDataset[Iterable[dict[str, Any]], list[dict[str, Any]]]):
    """Examples, one JSON object a line."""

    def preview(self) -> JSONPreview:
        """Return the first examples for kedro-viz."""
        self._check_preview()
        return JSONPreview(json.dumps(without_private(self.load()[:PREVIEW_ROWS])))

    def _write(self, data: Iterable[dict[str, Any]], path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for example in data:
                file.write(json.dumps(_plain(example), ensure_ascii=False) + "\n")

    def _read(self, content: bytes) -> list[dict[str, Any]]:
        return [json.loads(line) for line in content.split(b"\n") if line.strip()]

    def _is_complete(self, content: bytes) -> bool:
        return not content or content.endswith(b"\n")


class TextDataset(FileDataset[str, str]):
    """A text, such as an HTML page."""

    def _write(self, data: str, path: Path) -> None:
        path.write_text(data, encoding="utf-8", newline="\n")

    def _read(self, content: bytes) -> str:
        return StringIO(content.decode("utf-8"), newline=None).read()


def _find_model(name: str) -> type[BaseModel]:
    module, _, attribute = name.rpartition(".")
    model: type[BaseModel] = getattr(import_module(module), attribute)
    return model


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: numbers of numpy as numbers, undefined ones as null."""
    if isinstance(value, BaseModel):
        return _plain(value.model_dump())
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
