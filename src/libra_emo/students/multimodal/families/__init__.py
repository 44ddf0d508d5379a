"""The families of models that can be a student, each with a small adapter."""

from __future__ import annotations

from libra_emo.common.modalities import parse_modalities
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.families.common import CommonFamily
from libra_emo.students.multimodal.families.image_text import ImageText
from libra_emo.students.multimodal.families.interface import (
    UNLEARNT,
    Encoded,
    Family,
    PaddingSide,
)
from libra_emo.students.multimodal.families.internvl import InternVL
from libra_emo.students.multimodal.families.qwen2_5_omni import Qwen25Omni
from libra_emo.students.multimodal.families.qwen2_5_vl import Qwen25VL
from libra_emo.students.multimodal.pretrained import TINY, find_model_type, read_model_type
from libra_emo.students.options.multimodal import MultimodalOptions

__all__ = [
    "UNLEARNT",
    "Encoded",
    "Family",
    "PaddingSide",
    "choose_modalities",
    "expect_modalities",
    "open_family",
]

_FAMILIES: dict[str, type[CommonFamily]] = {
    family.name: family for family in (InternVL, Qwen25VL, Qwen25Omni, ImageText)
}
_OF_MODEL_TYPE = {
    "internvl": "internvl",
    "qwen2_5_vl": "qwen2_5_vl",
    "qwen2_5_omni": "qwen2_5_omni",
    "qwen2_5_omni_thinker": "qwen2_5_omni",
}


def open_family(chosen: str | MultimodalOptions) -> Family:
    """Return the adapter of a family by its name, or the one that fits the options' checkpoint.

    Raises:
        StudentError: If there is no such family, or the checkpoint's model type cannot be read.
    """
    name = chosen if isinstance(chosen, str) else _family_of(chosen)
    if name not in _FAMILIES:
        raise StudentError(
            f"training.multimodal.family: {name!r} is not known; use auto or one of "
            f"{', '.join(_FAMILIES)}"
        )
    return _FAMILIES[name]()


def choose_modalities(wanted: str, options: MultimodalOptions) -> str:
    """Return the modalities that a student learns from: without A if its model takes no sound.

    Args:
        wanted: Letters of V, A and T, or their names.
        options: Options that name the model.

    Raises:
        StudentError: If no modality is left, or one is not known.
    """
    try:
        chosen = parse_modalities(wanted)
    except ValueError as error:
        raise StudentError(f"training.modalities: {error}") from error
    if "A" not in chosen or open_family(options).hears:
        return chosen
    if chosen == "A":
        raise StudentError(
            f"training.modalities: {options.checkpoint} takes no sound, so there is nothing to "
            "learn from; add V or T, or choose a model that hears"
        )
    return chosen.replace("A", "")


def expect_modalities(wanted: str, options: MultimodalOptions) -> str:
    """Return the modalities that examples are written with: without A if the model takes no sound.

    Nothing is loaded or fetched. Of a model that is not here, the name decides: those that hear are
    called omni.

    Args:
        wanted: Letters of V, A and T.
        options: Options that name the model.
    """
    if "A" not in wanted or wanted == "A":
        return wanted
    name = options.family
    if name == "auto" and options.checkpoint.startswith(TINY):
        name = options.checkpoint.removeprefix(TINY)  # type: ignore[assignment]
    if name == "auto":
        kind = find_model_type(options.checkpoint)
        hears = _FAMILIES[_OF_MODEL_TYPE.get(kind or "", ImageText.name)].hears
        hears = hears or (kind is None and "omni" in options.checkpoint.lower())
    else:
        hears = name in _FAMILIES and _FAMILIES[name].hears
    return wanted if hears else wanted.replace("A", "")


def _family_of(options: MultimodalOptions) -> str:
    if options.family != "auto":
        return options.family
    if options.checkpoint.startswith(TINY):
        return options.checkpoint.removeprefix(TINY)
    return _OF_MODEL_TYPE.get(read_model_type(options), ImageText.name)
