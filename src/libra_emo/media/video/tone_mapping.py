"""HDR and wide-gamut pictures as a usual screen shows them.

Signals become light (SMPTE ST 2084 for PQ, ITU-R BT.2100 for HLG), highlights are compressed as in
ITU-R BT.2390 to the reference white of 203 cd/m² (ITU-R BT.2408), colours are converted to the
primaries of BT.709, and light becomes a signal of sRGB. All this is one table of colours, which
FFmpeg's filter `lut3d` applies.
"""

from __future__ import annotations

import tempfile
from fractions import Fraction
from functools import cache
from threading import local
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

# codes of ITU-T H.273
BT709, BT2020, PQ, HLG = 1, 9, 16, 18
WHITE_NITS = 203.0
PEAK_NITS = 1000.0  # of the screen on which HDR films are usually graded
TABLE_SIZE = 65
MAPPED = {  # code of primaries → matrix from their linear RGB to that of BT.709
    BT2020: np.array(
        [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
    ),
    12: np.array([[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]]),
}
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_LUMA = np.array([0.2627, 0.6780, 0.0593])
_kept = local()


def map_to_screen(picture: Any, colours: Any, size: tuple[int, int] | None = None) -> Any:
    """Return an HDR or wide-gamut picture in RGB as a usual screen shows it.

    Args:
        picture: The picture.
        colours: Meaning of its numbers (`colour.Colours`).
        size: Width and height of the result; None for those of the picture.
    """
    size = size or (picture.width, picture.height)
    key = (picture.width, picture.height, picture.format.name, colours, size)
    if getattr(_kept, "key", None) != key:
        _kept.graph, _kept.key = _make_graph(picture, colours, size), key
    pts, base = picture.pts, picture.time_base
    _kept.graph.vpush(picture)
    made = _kept.graph.vpull()
    made.pts, made.time_base = pts, base
    made.color_trc = made.color_primaries = BT709
    return made


def _make_graph(picture: Any, colours: Any, size: tuple[int, int]) -> Any:
    graph = av.filter.Graph()
    here = graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=Fraction(1, 1000),
    )
    matrix = {1: "bt709", 9: "bt2020", 10: "bt2020"}.get(colours.matrix, "bt601")
    given = f"in_range={'full' if colours.is_full else 'limited'}"
    if not picture.format.is_rgb:
        given += f":in_color_matrix={matrix}"
    with tempfile.NamedTemporaryFile("w", suffix=".cube") as table:
        table.write(_write_table(colours.transfer, colours.primaries))
        table.flush()
        for name, arguments in (
            ("setparams", "color_trc=bt709:color_primaries=bt709"),  # the table converts them
            ("scale", f"{size[0]}:{size[1]}:flags=bicubic:{given}:out_range=full"),
            ("format", "gbrp16le"),
            ("lut3d", f"file={table.name}:interp=tetrahedral"),
            ("format", "rgb24"),
        ):
            step = graph.add(name, arguments)
            here.link_to(step)
            here = step
        here.link_to(graph.add("buffersink"))
        graph.configure()
    return graph


@cache
def _write_table(transfer: int, primaries: int) -> str:
    """Return the table as text: a colour a line, red changes fastest."""
    axis = np.linspace(0, 1, TABLE_SIZE)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    signal = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    rows = map_colours(signal, transfer, primaries)
    return f"LUT_3D_SIZE {TABLE_SIZE}\n" + "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in rows)


def map_colours(signal: Values, transfer: int, primaries: int) -> Values:
    """Return colours of a film as a usual screen shows them.

    Args:
        signal: RGB between 0 and 1, of shape (colours, 3), as in the film.
        transfer: Code of the transfer function, in ITU-T H.273.
        primaries: Code of the primaries, in ITU-T H.273.
    """
    if transfer in (PQ, HLG):
        nits = _pq_to_nits(signal) if transfer == PQ else _hlg_to_nits(signal)
        light = _compress(nits) / WHITE_NITS
    else:
        light = _signal_to_light(signal)
    if primaries in MAPPED:
        light = _fit_gamut(light @ MAPPED[primaries].T)
    return _light_to_signal(np.clip(light, 0, 1))


def _pq_to_nits(signal: Values) -> Values:
    root = np.asarray(signal) ** (1 / _M2)
    ratio = np.maximum(root - _C1, 0) / (_C2 - _C3 * root)
    return np.asarray(10_000 * ratio ** (1 / _M1))


def _nits_to_pq(nits: Values) -> Values:
    power = (np.maximum(nits, 0) / 10_000) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


def _hlg_to_nits(signal: Values) -> Values:
    """Return the light of a screen of 1,000 cd/m², whose system gamma is 1.2."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luma = np.maximum(scene @ _LUMA, 1e-9)[:, None]
    return np.asarray(PEAK_NITS * luma**0.2 * scene)


def _compress(nits: Values) -> Values:
    """Return light of at most the reference white; the ratio of red, green and blue stays."""
    most = np.maximum(nits.max(axis=1, keepdims=True), 1e-6)
    white, peak = (float(_nits_to_pq(np.array(level))) for level in (WHITE_NITS, PEAK_NITS))
    given, highest = np.minimum(_nits_to_pq(most) / peak, 1), white / peak
    knee = 1.5 * highest - 0.5
    place = np.clip((given - knee) / (1 - knee), 0, 1)
    curve = (
        (2 * place**3 - 3 * place**2 + 1) * knee
        + (place**3 - 2 * place**2 + place) * (1 - knee)
        + (-2 * place**3 + 3 * place**2) * highest
    )
    shown = np.where(given < knee, given, curve) * peak
    return np.asarray(nits * _pq_to_nits(shown) / most)


def _fit_gamut(light: Values) -> Values:
    """Return colours without negative parts: as much grey is added as a colour needs."""
    grey = np.maximum(light @ np.array([0.2126, 0.7152, 0.0722]), 0)[:, None]
    least = light.min(axis=1, keepdims=True)
    share = np.where(least < 0, grey / np.maximum(grey - least, 1e-9), 1)
    return np.asarray(grey + share * (light - grey))


def _signal_to_light(signal: Values) -> Values:
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def _light_to_signal(light: Values) -> Values:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
