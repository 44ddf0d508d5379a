"""Figures as PNG files, and as SVG files beside them for papers."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro_datasets._typing import ImagePreview

from libra_emo.common.files import new_file, raise_if_disk
from libra_emo.datasets.files import FileDataset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 120
PNG_END = b"IEND\xaeB`\x82"


class FigureDataset(FileDataset["Figure", bytes]):
    """A matplotlib figure: saved as PNG without the name of the program, loaded as bytes.

    Args:
        filepath: Path of the PNG file.
        svg: Whether an SVG file of the same name is written beside it.
        **options: Further options of `FileDataset`.
    """

    def __init__(self, *, filepath: str, svg: bool = False, **options: Any) -> None:
        super().__init__(filepath=filepath, **options)
        self._svg = self._filepath.with_suffix(".svg") if svg else None

    def save(self, data: Figure) -> None:
        """Write the PNG file and, if wanted, the SVG file.

        Raises:
            DiskError: If the disk is full or not writable.
        """
        super().save(data)
        if self._svg is None:
            return
        try:
            with new_file(self._svg) as part:
                _write_svg(data, part)
        except OSError as error:
            raise_if_disk(error, self._svg)
            raise

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

    def _exists(self) -> bool:
        return super()._exists() and (self._svg is None or self._svg.is_file())


def _write_svg(figure: Figure, path: Path) -> None:
    """Write a figure as SVG; the same figure gives the same bytes."""
    import matplotlib

    figure.set_layout_engine("none")  # as it was laid out for the PNG file
    with matplotlib.rc_context({"svg.hashsalt": "libra_emo", "svg.fonttype": "none"}):
        figure.savefig(path, format="svg", bbox_inches="tight", metadata={"Date": None})
