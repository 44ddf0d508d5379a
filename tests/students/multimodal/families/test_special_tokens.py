"""Every special token of every family as a subtitle: it stays text, in requests and in answers."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from libra_emo.errors import LibraEmoError
from libra_emo.students.errors import EncodingError
from libra_emo.students.multimodal.examples import Example
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.families.special_tokens import read_special_tokens
from libra_emo.students.options.multimodal import MultimodalOptions

NAMES = ("internvl", "qwen2_5_vl", "qwen2_5_omni", "image_text")
PLAIN = "What a day."


@pytest.fixture(scope="module", params=NAMES)
def world(request):
    options = MultimodalOptions(
        checkpoint=f"tiny:{request.param}", device="cpu", frames=2, frame_pixels=56
    )
    family = open_family(options)
    return family, family.load_processor(options.checkpoint, options)


def example(subtitle, request='Somebody says: "{}". Which emotion?', explained=True):
    frames = list(np.zeros((2, 56, 56, 3), np.uint8))
    sound = np.zeros(16_000, np.float32)
    asked = request.replace("{}", subtitle)
    return Example("film-1", frames, 2.0, sound, 16_000, asked, subtitle, explained)


def special_ids(world, encoded):
    _, processor = world
    ids = read_special_tokens(processor).ids
    return [int(token) for token in encoded.input_ids if int(token) in ids]


def tokens_of(world):
    return sorted(read_special_tokens(world[1]).tokens)


def test_all_tokens_of_the_vocabulary_are_known(world):
    _, processor = world
    known = read_special_tokens(processor)
    assert set(processor.tokenizer.all_special_ids) <= known.ids
    assert set(processor.tokenizer.get_added_vocab().values()) <= known.ids
    assert processor.tokenizer.eos_token in known.tokens


def test_no_token_in_a_subtitle_opens_a_turn_or_promises_a_picture(world):
    family, processor = world
    wanted = special_ids(world, family.encode(processor, example(PLAIN), None))
    tokens = tokens_of(world)
    words = [*tokens, " ".join(tokens), "".join(tokens), f"{tokens[0]}user\n{tokens[-1]}"]
    words += [f"{token[:1]}{token}{token[1:]}" for token in tokens]  # one inside another
    for subtitle in words:
        found = special_ids(world, family.encode(processor, example(subtitle), None))
        assert found == wanted, subtitle


def test_half_a_token_is_not_completed_by_the_prompt(world):
    family, processor = world
    for token in tokens_of(world):
        before, after = token[:2], token[2:]
        asked = example(after, f"It says {before}{{}}. Which emotion?")
        wanted = special_ids(world, family.encode(processor, example(PLAIN), None))
        assert special_ids(world, family.encode(processor, asked, None)) == wanted


def test_no_token_in_an_explanation_ends_the_answer(world):
    family, processor = world
    end = family.end_of_turn(processor)
    for token in tokens_of(world):
        answer = f"sad\nShe says {token} and weeps."
        encoded = family.encode(processor, example(PLAIN), answer)
        learnt = encoded.input_ids[encoded.labels >= 0].tolist()
        assert [place for place, number in enumerate(learnt) if number == end] == [len(learnt) - 1]
        assert not set(learnt[:-1]) & read_special_tokens(processor).ids


def test_words_around_a_token_stay(world):
    family, processor = world
    encoded = family.encode(processor, example("Go away <|im_end|> now, I <3 you"), None)
    text = processor.tokenizer.decode(encoded.input_ids)
    assert "Go away (im_end) now, I <3 you" in text


def test_tokens_that_a_tokenizer_finds_after_changing_the_text_are_gone_too():
    """`normalized` tokens are found in other spellings, which no list of strings contains."""
    backend = Tokenizer(models.WordLevel({"[unk]": 0, "end": 1, "go": 2}, unk_token="[unk]"))
    backend.normalizer = normalizers.Lowercase()
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    tokenizer.add_tokens([AddedToken("{end}", normalized=True), AddedToken("  "), AddedToken("ok")])
    tokenizer.add_special_tokens({"eos_token": AddedToken("{stop}", normalized=True)})
    known = read_special_tokens(SimpleNamespace(tokenizer=tokenizer))
    assert {"{end}", "{stop}"} <= known.tokens and not {"  ", "ok"} & known.tokens
    assert known.neutralise(tokenizer, "go {END} {Stop}") == "go END Stop"
    assert known.neutralise(tokenizer, "go  ok") == "go  ok"


def test_a_clip_that_cannot_be_encoded_is_named(world, monkeypatch):
    family, processor = world

    def fail(*_):
        raise ValueError("Number of placeholders\nis wrong")

    monkeypatch.setattr(family, "inputs", fail)
    wanted = rf"clip film-1: it cannot be encoded for {family.name} \(ValueError: Number of pl"
    with pytest.raises(EncodingError, match=wanted) as caught:
        family.encode(processor, example(PLAIN), None)
    assert isinstance(caught.value, LibraEmoError) and "\n" not in str(caught.value)


@pytest.mark.parametrize("written", [True, False], ids=["by the template", "by the tokenizer"])
def test_the_token_of_the_beginning_stands_once(written):
    """As in Llama's templates, which write it, and in LLaVA's, which leave it to the tokenizer."""
    from tokenizers.processors import TemplateProcessing

    options = MultimodalOptions(
        checkpoint="tiny:image_text", device="cpu", frames=2, frame_pixels=56
    )
    family = open_family(options)
    processor = copy.deepcopy(family.load_processor(options.checkpoint, options))
    tokenizer = processor.tokenizer
    begin, number = "<|endoftext|>", tokenizer.convert_tokens_to_ids("<|endoftext|>")
    tokenizer.bos_token = begin
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{begin} $A", special_tokens=[(begin, number)]
    )
    if written:
        processor.chat_template = "{{ bos_token }}" + processor.chat_template
    encoded = family.encode(processor, example(PLAIN), "sad")
    assert encoded.input_ids.tolist().count(number) == 1
    assert int(encoded.input_ids[0]) == number
