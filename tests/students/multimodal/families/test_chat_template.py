import jinja2
import pytest

from libra_emo.students.multimodal.families.chat_template import find_added_text

BODY = (
    "{% for m in messages %}OPEN{{ m['role'] }}\n{{ m['content'][0]['text'] }}CLOSE\n{% endfor %}"
)
CHATML = BODY.replace("OPEN", "<|im_start|>").replace("CLOSE", "<|im_end|>")
QWEN = (
    "{% if messages[0]['role'] != 'system' %}<|im_start|>system\n"
    "You are a helpful assistant.<|im_end|>\n{% endif %}" + CHATML
)
LLAVA = (
    "{% for m in messages %}{% if m['role'] == 'user' %}USER: {{ m['content'][0]['text'] }} "
    "{% else %}ASSISTANT: {{ m['content'][0]['text'] }} {% endif %}{% endfor %}"
)
VICUNA = "A chat between a curious user and an assistant. " + LLAVA
LLAMA = (
    "<s>{% for m in messages %}{% if m['role'] == 'user' %}[INST] {{ m['content'][0]['text'] }} "
    "[/INST]{% else %} {{ m['content'][0]['text'] }}</s>{% endif %}{% endfor %}"
)


class Processor:
    def __init__(self, template):
        self.template = jinja2.Environment().from_string(template)

    def apply_chat_template(self, turns, tokenize):
        return self.template.render(messages=turns)


@pytest.mark.parametrize(
    ("template", "added"),
    [
        (CHATML, ""),
        (QWEN, "You are a helpful assistant."),
        (LLAVA, ""),
        (VICUNA, "A chat between a curious user and an assistant."),
        (LLAMA, ""),
        ("<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT]" + LLAMA.removeprefix("<s>"), "Be brief."),
    ],
)
def test_words_before_the_first_turn_are_found_and_nothing_else(template, added):
    assert find_added_text(Processor(template)) == added
