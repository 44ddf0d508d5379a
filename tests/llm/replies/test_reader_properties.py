from hypothesis import given
from hypothesis import strategies as st

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.llm.replies.refusals import is_placeholder
from libra_emo.schemas import COUNTED_STATUSES, VOTE_STATUSES
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
LEXICON = Lexicon(TAXONOMY)
READER = ReplyReader(LEXICON)
LABELS = st.sampled_from(TAXONOMY.labels)
PIECES = st.sampled_from(
    [*TAXONOMY.labels, *(e.chinese or "" for e in TAXONOMY.emotions), "joy", "fear", "other", ";",
     "；", ":", "\n", "{", "}", '"', "'", "[", "]", "**", "```", "json", "not", "no", ",", "label",
     "emotion", "explanation", "the", "is", " ", "<think>", "</think>", "I'm sorry", "[" * 300]
)  # fmt: skip
WORDS = st.text("abcdehiklmnopqrtuvwxyz ", min_size=1, max_size=60).filter(
    lambda text: text.strip() and not LEXICON.mentions(text) and not is_placeholder(text)
)
FINISHES = st.sampled_from([None, "stop", "length", "content_filter", "tool_calls", ""])


@given(
    st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join)), FINISHES
)
def test_whatever_comes_ends_in_one_status_and_only_counted_ones_have_a_label(
    raw: str, finish: str | None
) -> None:
    for form in ("semicolon", "json", "lines", "schema"):
        reply = ReplyReader(LEXICON, form).read(raw, finish)  # type: ignore[arg-type]
        assert reply.status in VOTE_STATUSES
        assert (reply.label in TAXONOMY) == (reply.status in COUNTED_STATUSES)


@given(st.text())
def test_a_reply_that_names_no_label_has_none(raw: str) -> None:
    if not LEXICON.mentions(raw) and LEXICON.find(raw) is None:
        folded = ReplyReader(LEXICON).read(raw)
        assert folded.label is None or folded.rules[0] in ("width", "invisible", "markdown")


@given(WORDS)
def test_unclear_words_are_never_a_vote(raw: str) -> None:
    assert READER.read(raw).label is None


@given(LABELS, WORDS)
def test_the_form_is_ok_for_every_label(label: str, words: str) -> None:
    reply = READER.read(f"{label};{words}")
    assert (reply.status, reply.label, reply.explanation) == ("ok", label, words.strip())


@given(
    LABELS,
    WORDS,
    st.sampled_from(["{}", " {} ", "[{}]", "**{}**", '"{}"', "“{}”", "Label: {}", "`{}`", "({})"]),
    st.sampled_from([str.upper, str.title, str.lower]),
)
def test_decoration_does_not_change_the_label(label, words, frame, case) -> None:  # type: ignore[no-untyped-def]
    reply = READER.read(frame.format(case(label)) + ";" + words)
    assert (reply.status in COUNTED_STATUSES, reply.label) == (True, label)
    assert (reply.status == "ok") == (frame == "{}" and case(label) == label)


@given(
    st.permutations(TAXONOMY.labels), st.sampled_from([", ", "/", " and ", "; ", "\n", "、", " "])
)
def test_a_list_of_all_labels_is_ambiguous_in_any_order(labels: list[str], joint: str) -> None:
    assert READER.read(joint.join(labels)).status == "ambiguous"
    prose = f"One could see {joint.join(labels)} in this, overall the mood is {labels[0]}"
    for reader in (READER, ReplyReader(LEXICON, prose=True)):
        assert reader.read(prose).label is None


@given(LABELS, LABELS, WORDS, st.sampled_from(["/", ", ", " and ", "、", " or "]))
def test_two_labels_at_the_head_are_ambiguous_unless_they_are_one(
    first: str, second: str, words: str, joint: str
) -> None:
    reply = READER.read(f"{first}{joint}{second};{words}")
    assert (reply.status == "ambiguous") == (first != second)


@given(LABELS, LABELS)
def test_renaming_the_label_renames_the_answer(first: str, second: str) -> None:
    for text in ("**{}**: he cries", "My answer:\n{}; he cries", "Final answer: {}"):
        one, other = READER.read(text.format(first)), READER.read(text.format(second))
        assert (one.label, other.label) == (first, second)
        assert one.rules == other.rules
