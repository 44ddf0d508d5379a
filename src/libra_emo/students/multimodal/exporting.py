"""A fine-tuned student as a folder that other programs read: vLLM, ms-swift, transformers."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libra_emo.common.files import write_json, write_text
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.inference.model import ADAPTER, load_model
from libra_emo.students.multimodal.pretrained import TINY
from libra_emo.students.multimodal.student import MultimodalStudent
from libra_emo.students.options import MultimodalOptions

PROMPT = "prompt.jinja"
REQUEST = "request.txt"
README = "EXPORT.md"
BASE = "base"
# ranks that vLLM reserves memory for
_SERVED_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)


@dataclass(frozen=True)
class Export:
    """An exported model, and how other programs open it.

    Attributes:
        folder: The folder.
        commands: Name of a program → line that opens the model with it.
    """

    folder: Path
    commands: dict[str, str]


def export_student(folder: Path, out: Path, merged: bool = True, name: str = "student") -> Export:
    """Write a student's model with its processor and chat template into a new folder.

    Args:
        folder: Folder of the student.
        out: Folder to write, which must be missing or empty.
        merged: Whether low-rank matrices are merged into the weights of their base; otherwise they
            are written alone, to be used beside it.
        name: Name of the model in vLLM.

    Raises:
        StudentError: If the student has no such weights, or the folder is not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudentError(f"{out}: is not empty; name a new folder")
    student = MultimodalStudent.load(folder)
    weights = student.weights_folder()
    low_rank = (weights / ADAPTER).is_file()
    if not merged and not low_rank:
        raise StudentError(
            f"{folder}: all weights of this student were trained, so there are no low-rank "
            "matrices to write beside a base; export it merged"
        )
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    options = _options_on_processor(student)
    if merged:
        _write_merged(options, weights, part)
        commands = _commands_merged(out, name)
    else:
        base = _write_adapter(options, weights, part, out)
        commands = _commands_adapter(out, base, name, options.training.lora.rank)
    _write_words(student, part, commands)
    if out.exists():
        out.rmdir()
    part.rename(out)
    return Export(out, commands)


def _options_on_processor(student: MultimodalStudent) -> MultimodalOptions:
    """Return the student's options for a machine without a GPU, with the type of its training."""
    bf16 = student.options.training.precision == "bf16"
    dtype = "bfloat16" if bf16 else "float32"
    return student.options.model_copy(update={"device": "cpu", "dtype": dtype})


def _write_merged(options: MultimodalOptions, weights: Path, part: Path) -> None:
    loaded = load_model(options, weights)
    loaded.model.save_pretrained(part)
    loaded.processor.save_pretrained(part)


def _write_adapter(options: MultimodalOptions, weights: Path, part: Path, out: Path) -> str:
    """Write low-rank matrices and processor, and return the base that they name."""
    family = open_family(options)
    for path in weights.iterdir():
        if path.is_file() and path.name.startswith("adapter_"):
            shutil.copy2(path, part / path.name)
    processor = family.load_processor(options.checkpoint, options)
    processor.save_pretrained(part)
    base = options.checkpoint
    if base.startswith(TINY):  # built in memory: nobody else could open it by its name
        model, _ = family.load(base, options)
        model.save_pretrained(part / BASE)
        processor.save_pretrained(part / BASE)
        base = str((out / BASE).resolve())
    elif Path(base).is_dir():
        base = str(Path(base).resolve())
    description: dict[str, Any] = json.loads((part / ADAPTER).read_text(encoding="utf-8"))
    write_json(part / ADAPTER, {**description, "base_model_name_or_path": base}, indent=2)
    return base


def _commands_merged(out: Path, name: str) -> dict[str, str]:
    place = out.resolve()
    return {
        "vLLM": f"vllm serve {place} --served-model-name {name}",
        "ms-swift": f"swift infer --model {place}",
        "transformers": f'AutoModelForImageTextToText.from_pretrained("{place}")',
    }


def _commands_adapter(out: Path, base: str, name: str, rank: int) -> dict[str, str]:
    place = out.resolve()
    served = next((size for size in _SERVED_RANKS if size >= rank), rank)
    return {
        "vLLM": f"vllm serve {base} --enable-lora --max-lora-rank {served} "
        f"--lora-modules {name}={place}",
        "ms-swift": f"swift infer --model {base} --adapters {place}",
        "transformers": f'PeftModel.from_pretrained(base, "{place}")  # base: {base}',
    }


def _write_words(student: MultimodalStudent, part: Path, commands: dict[str, str]) -> None:
    """Write the prompt that the student learnt, and how it is opened."""
    write_text(part / PROMPT, student.prompt_text + "\n")
    write_text(part / REQUEST, student.request() + "\n")
    lines = [
        f"# A student of libra_emo ({student.options.checkpoint}, {student.modalities})",
        "",
        f"It answers the request in {REQUEST}; {PROMPT} is its template, with the subtitle of each",
        f"clip. It was given {student.options.frames} frames of a clip, evenly spread, of",
        f"{student.options.frame_pixels} x {student.options.frame_pixels} pixels.",
        "",
        *(f"- {program}: `{command}`" for program, command in commands.items()),
    ]
    write_text(part / README, "\n".join(lines) + "\n")
