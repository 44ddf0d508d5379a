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
