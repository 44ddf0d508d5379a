"""Figures as PNG files."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from kedro_datasets._typing import ImagePreview

from libra_emo.datasets.files import FileDataset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 120
PNG_END = b"IEND\xaeB`\x82"


class FigureDataset(FileDataset["Figure", bytes]):
    """A matplotlib figure: saved as PNG without the name of the program, loaded as bytes."""

    def preview(self) -> ImagePreview:
        """Return the figure for kedro-viz."""
        self._check_preview()
        return ImagePreview(base64.b64encode(self.load()).decode("ascii"))

    def _write(self, data: Figure, path: Path) -> None:
        data.savefig(
            path,
            format="png",
            dpi=DOTS_PER_INCH,
            bbox_inches="tight",
            metadata={"Software": None},
        )

    def _read(self, content: bytes) -> bytes:
        return content

    def _is_complete(self, content: bytes) -> bool:
        return content.endswith(PNG_END)
