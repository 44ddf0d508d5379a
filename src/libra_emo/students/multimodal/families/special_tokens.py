"""The special tokens of a model, and text in which none of them can occur."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from libra_emo.common.special_tokens import neutralise_tokens, strip_signs
from libra_emo.students.errors import StudentError


@dataclass(frozen=True)
class SpecialVocabulary:
    """The tokens of a tokenizer and its processor that are no text.

    Attributes:
        tokens: Tokens as they are written.
        ids: Their numbers.
    """

    tokens: frozenset[str]
    ids: frozenset[int]

    def neutralise(self, tokenizer: Any, text: str) -> str:
        """Return a text of whose tokens none is special; all its words stay.

        Args:
            tokenizer: The tokenizer of these tokens.
            text: Text of a turn, which may quote a film.

        Raises:
            StudentError: If even the words alone give a special token.
        """
        found = neutralise_tokens(text, self.tokens)
        if not self._occurs(tokenizer, found):
            return found
        # a tokenizer that changes case or signs first finds tokens that are written otherwise
        found = strip_signs(found)
        if self._occurs(tokenizer, found):
            raise StudentError(f"its words {found[:60]!r} are a special token of the model")
        return found

    def _occurs(self, tokenizer: Any, text: str) -> bool:
        return not self.ids.isdisjoint(tokenizer(text, add_special_tokens=False)["input_ids"])


def read_special_tokens(processor: Any) -> SpecialVocabulary:
    """Return the special tokens of a processor and its tokenizer.

    Tokens that were added to a vocabulary without being marked as special count, too, if they
    contain a sign: `<tool_call>`, but neither a run of spaces nor a word.
    """
    tokenizer = processor.tokenizer
    added = getattr(tokenizer, "added_tokens_decoder", {})
    tokens = {str(token) for token in tokenizer.all_special_tokens}
    tokens |= {
        token.content for token in added.values() if token.special or _has_sign(token.content)
    }
    # placeholders that the processor replaces in the text, which may not be in the vocabulary
    named = (getattr(processor, name, None) for name in vars(processor) if name.endswith("_token"))
    tokens |= {token for token in named if isinstance(token, str)}
    kept = frozenset(token for token in tokens if token.strip())
    ids = {number for number, token in added.items() if token.content in kept}
    return SpecialVocabulary(kept, frozenset(int(number) for number in ids))


def _has_sign(token: str) -> bool:
    return not all(letter.isalnum() or letter.isspace() for letter in token)
