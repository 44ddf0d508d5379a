import pandas as pd

from libra_emo.evaluation.composition.tables_text import TITLES, write_latex, write_markdown


def test_every_table_is_there_with_its_title():
    tables = {name: pd.DataFrame({"value": [f"a_{name}"], "clips": [3]}) for name in TITLES}
    markdown, latex = write_markdown(tables), write_latex(tables)
    for name, title in TITLES.items():
        assert f"## {title}\n\n| value | clips |\n" in markdown and f"| a_{name} | 3 |" in markdown
        assert f"% {title}\n" in latex and f"a\\_{name} & 3" in latex
