from hypothesis import given
from hypothesis import strategies as st

from libra_emo.students.multimodal.scoring.label_tree import build_tree

END = 0
WORDS = st.lists(
    st.lists(st.integers(1, 4), min_size=1, max_size=4).map(lambda word: [*word, END]),
    min_size=1,
    max_size=13,
)


def test_what_labels_begin_with_is_read_once():
    """Three labels: 5 6 END, 5 7 END, 8 END; read are 5, 6, 7, 8 and no terminator."""
    tree = build_tree([[5, 6, END], [5, 7, END], [8, END]])
    assert tree.tokens == [5, 6, 7, 8]
    assert tree.paths == [[1], [1, 2], [1, 3], [4]]
    assert tree.depths == [1, 2, 2, 1]
    assert tree.steps == [
        [(0, 5), (1, 6), (2, END)],
        [(0, 5), (1, 7), (3, END)],
        [(0, 8), (4, END)],
    ]


def test_labels_of_one_token_need_no_reading():
    tree = build_tree([[5], [6]])
    assert tree.tokens == [] and tree.steps == [[(0, 5)], [(0, 6)]]


@given(WORDS)
def test_each_label_is_told_along_its_own_line(labels):
    tree = build_tree(labels)
    for label, steps in zip(labels, tree.steps, strict=True):
        assert [token for _, token in steps] == label
        for place, (node, _) in enumerate(steps):
            line = tree.paths[node - 1] if node else []
            assert [tree.tokens[above - 1] for above in line] == label[:place]
    assert len(set(map(tuple, tree.paths))) == len(tree.tokens)
