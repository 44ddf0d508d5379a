"""Exported students, opened as other programs open them: by transformers and peft alone."""

import json

import numpy as np
import pytest
import torch
from peft import PeftModel
from support.saved_students import save_student
from support.tiny_training import LABELS, draw_shards, write_rows
from transformers import AutoModelForImageTextToText, AutoProcessor

from libra_emo.students import StudentError, load_student
from libra_emo.students.multimodal.examples import open_example
from libra_emo.students.multimodal.exporting import export_student
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.inference.model import load_model, score_rows


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    reader, labels = draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=3)
    return reader, write_rows(labels)


@pytest.fixture(params=["tiny:internvl", "tiny:qwen2_5_vl"])
def saved(request, tmp_path):
    save_student(tmp_path / "model", request.param)
    return tmp_path / "model"


def wanted_scores(saved, clips):
    student = load_student(saved)
    loaded = load_model(student.options, student.weights_folder())
    return np.array(score_rows(loaded, clips[1], clips[0], student.options, LABELS))


def logits(model, processor, saved, clips):
    """Return what a model says to a clip that plain transformers encodes."""
    options = load_student(saved).options
    example = open_example(clips[1][0], clips[0], options)
    text = {"type": "text", "text": example.request}
    turns = [{"role": "user", "content": [{"type": "video"}, text]}]
    prompt = processor.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    frames = torch.from_numpy(np.stack(example.frames)).permute(0, 3, 1, 2)
    inputs = processor(text=[prompt], videos=[frames], return_tensors="pt", do_sample_frames=False)
    with torch.no_grad():
        return model(**inputs).logits


def test_merged_it_is_a_checkpoint_that_says_the_same(saved, clips, tmp_path):
    exported = export_student(saved, tmp_path / "out")
    options = load_student(saved).options.model_copy(update={"checkpoint": str(tmp_path / "out")})
    found = score_rows(load_model(options), clips[1], clips[0], options, LABELS)
    np.testing.assert_allclose(found, wanted_scores(saved, clips), rtol=1e-4, atol=1e-4)
    model = AutoModelForImageTextToText.from_pretrained(tmp_path / "out")
    processor = AutoProcessor.from_pretrained(tmp_path / "out")
    assert processor.chat_template or processor.tokenizer.chat_template
    assert logits(model, processor, saved, clips).isfinite().all()
    assert exported.commands["vLLM"].startswith(f"vllm serve {tmp_path / 'out'}")
    assert "--enable-lora" not in exported.commands["vLLM"]
    assert json.loads((tmp_path / "out/config.json").read_text())["architectures"]


def test_beside_its_base_it_is_an_adapter_that_peft_reads(saved, clips, tmp_path):
    exported = export_student(saved, tmp_path / "out", merged=False, name="emo")
    found = json.loads((tmp_path / "out/adapter_config.json").read_text())
    base = found["base_model_name_or_path"]
    assert exported.commands["vLLM"] == (
        f"vllm serve {base} --enable-lora --max-lora-rank 8 --lora-modules emo={tmp_path / 'out'}"
    )
    assert exported.commands["ms-swift"].endswith(f"--model {base} --adapters {tmp_path / 'out'}")
    processor = AutoProcessor.from_pretrained(tmp_path / "out")
    plain = AutoModelForImageTextToText.from_pretrained(base)
    before = logits(plain, processor, saved, clips)
    model = PeftModel.from_pretrained(plain, str(tmp_path / "out"))
    merged = export_student(saved, tmp_path / "merged")
    whole = AutoModelForImageTextToText.from_pretrained(merged.folder)
    wanted = logits(whole, processor, saved, clips)
    torch.testing.assert_close(logits(model, processor, saved, clips), wanted, rtol=1e-3, atol=1e-3)
    assert not torch.allclose(before, wanted, atol=1e-2)


def test_the_prompt_and_the_way_to_open_it_are_beside_it(saved, tmp_path):
    export_student(saved, tmp_path / "out")
    text = (tmp_path / "out/EXPORT.md").read_text()
    assert "4 frames" in text and "28 x 28" in text and "vllm serve" in text
    request = (tmp_path / "out/request.txt").read_text()
    assert "Which emotion" in request and "<video>" not in request
    assert "subtitle" in (tmp_path / "out/prompt.jinja").read_text()


def test_a_base_that_is_a_folder_stays_where_it_is(tmp_path):
    options = save_student(tmp_path / "first").multimodal
    model, processor = open_family(options).load(options.checkpoint, options)
    model.save_pretrained(tmp_path / "base")
    processor.save_pretrained(tmp_path / "base")
    save_student(tmp_path / "model", str(tmp_path / "base"))
    exported = export_student(tmp_path / "model", tmp_path / "out", merged=False)
    assert f"vllm serve {tmp_path / 'base'} --enable-lora" in exported.commands["vLLM"]
    assert not (tmp_path / "out/base").exists()


def test_a_student_whose_weights_were_all_trained_is_exported_whole(clips, tmp_path):
    save_student(tmp_path / "model", rank=0)
    with pytest.raises(StudentError, match="export it merged"):
        export_student(tmp_path / "model", tmp_path / "out", merged=False)
    export_student(tmp_path / "model", tmp_path / "out")
    options = load_student(tmp_path / "model").options
    options = options.model_copy(update={"checkpoint": str(tmp_path / "out")})
    found = score_rows(load_model(options), clips[1], clips[0], options, LABELS)
    np.testing.assert_allclose(found, wanted_scores(tmp_path / "model", clips), rtol=1e-5)


def test_nothing_is_written_over(tmp_path):
    save_student(tmp_path / "model")
    with pytest.raises(StudentError, match="is not empty"):
        export_student(tmp_path / "model", tmp_path / "model")
