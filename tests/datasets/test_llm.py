from pathlib import Path

import pytest
from kedro.io import DatasetError
from pydantic import SecretStr

from libra_emo.datasets import KeysDataset, LedgerDataset, PricesDataset, PromptDataset

CONF = Path(__file__).parents[2] / "conf/base"


def test_the_ledger_is_made_when_missing_and_always_there(tmp_path: Path) -> None:
    dataset = LedgerDataset(filepath=str(tmp_path / "a/answers.sqlite"))
    assert dataset.exists()
    with dataset.load() as ledger:
        assert list(ledger.answers()) == []
    assert [path.name for path in (tmp_path / "a").glob("answers*")] == ["answers.sqlite"]
    with pytest.raises(DatasetError, match="only read"):
        dataset.save({})  # type: ignore[arg-type]


@pytest.mark.parametrize("as_mapping", [True, False])
def test_a_shared_ledger_shows_no_login_and_makes_no_file(tmp_path: Path, as_mapping: bool) -> None:
    pytest.importorskip("psycopg")
    url = "postgresql+psycopg://ann:marked@127.0.0.1:1/answers"
    dataset = LedgerDataset(
        filepath=str(tmp_path / "answers.sqlite"), credentials={"url": url} if as_mapping else url
    )
    with pytest.raises(DatasetError, match="schema answers") as raised:
        dataset.load()
    for text in (str(raised.value), str(dataset), repr(dataset)):
        assert "marked" not in text
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_without_a_url_the_ledger_is_the_file(tmp_path: Path) -> None:
    dataset = LedgerDataset(filepath=str(tmp_path / "answers.sqlite"), credentials={})
    dataset.load().close()
    assert (tmp_path / "answers.sqlite").is_file()


def test_prompts_and_prices_of_the_project_load() -> None:
    for name in ("annotate", "explain", "fine_tune"):
        assert PromptDataset(filepath=str(CONF / f"prompts/{name}.jinja")).load().version
    assert "openai/gpt-4o" in PricesDataset(filepath=str(CONF / "prices.yml")).load()


def test_keys_do_not_show_themselves() -> None:
    dataset = KeysDataset(credentials={"gpt": "sk-secret", "GEMINI_API_KEY": "other"})
    keys = dataset.load()
    assert keys.find("gpt", "openai") == SecretStr("sk-secret")
    assert keys.find("x", "gemini") == SecretStr("other")
    assert keys.find("x", "openai") is None and KeysDataset().load().find("x", "openai") is None
    for text in (repr(keys), str(keys), str(dataset), repr(dataset), repr(vars(keys))):
        assert "secret" not in text and "other" not in text
