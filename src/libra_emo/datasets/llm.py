"""Datasets for asking others: the ledger of answers, prompts, prices, keys and logins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io import AbstractDataset, DatasetError
from pydantic import SecretStr

if TYPE_CHECKING:
    from libra_emo.llm.ledger.ledger import Ledger
    from libra_emo.llm.pricing.price_list import PriceList
    from libra_emo.llm.request.keys import Keys
    from libra_emo.llm.request.prompts import Prompt
    from libra_emo.media.sources import Logins


class _ReadOnly:
    def save(self, data: NoReturn) -> None:
        """Refuse to save, since these datasets are only read.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{type(self).__name__} is only read")


class LedgerDataset(_ReadOnly, AbstractDataset[NoReturn, "Ledger"]):
    """The ledger of answers; each load opens it, and the node that loads it closes it.

    Args:
        filepath: SQLite file of the ledger.
        credentials: `{"url": <URL>}`, or the URL alone, of a PostgreSQL database that keeps the
            ledger instead, for callers on several machines. The file's name is that of a schema.
        metadata: Metadata of the catalog entry.
    """

    def __init__(
        self,
        *,
        filepath: str,
        credentials: dict[str, str] | str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._filepath = Path(filepath)
        url = credentials if isinstance(credentials, str) else (credentials or {}).get("url")
        self._url = SecretStr(url) if url else None
        self.metadata = metadata

    def load(self) -> Ledger:
        """Return the open ledger; its file, or its tables, are made when they are missing.

        Raises:
            LedgerError: If it is no ledger, or cannot be opened.
        """
        from libra_emo.llm.ledger.ledger import Ledger

        return Ledger(self._filepath, self._url.get_secret_value() if self._url else None)

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix(), "shared": self._url is not None}


class RecordingDataset(_ReadOnly, AbstractDataset[NoReturn, Path]):
    """A recording of a ledger's answers; it is loaded as its path."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Return the path of the file."""
        return self._filepath

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}


class PromptDataset(_ReadOnly, AbstractDataset[NoReturn, "Prompt"]):
    """A prompt in a Jinja file."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Prompt:
        """Return the prompt."""
        from libra_emo.llm.request.prompts import Prompt

        return Prompt(self._filepath.read_text(encoding="utf-8"), self._filepath.as_posix())

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}


class PricesDataset(PromptDataset):
    """The price list in a YAML file."""

    def load(self) -> PriceList:  # type: ignore[override]
        """Return the price list."""
        from libra_emo.llm.pricing.price_list import read_prices

        return read_prices(self._filepath.read_text(encoding="utf-8"), self._filepath.as_posix())


class KeysDataset(_ReadOnly, AbstractDataset[NoReturn, "Keys"]):
    """API keys out of Kedro's credentials, by voter or by the environment's variable."""

    def __init__(
        self, *, credentials: dict[str, str] | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        self._keys = {name: SecretStr(key) for name, key in (credentials or {}).items()}
        self.metadata = metadata

    def load(self) -> Keys:
        """Return the keys."""
        from libra_emo.llm.request.keys import Keys

        return Keys({name: key.get_secret_value() for name, key in self._keys.items()})

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"names": sorted(self._keys)}


class LoginsDataset(_ReadOnly, AbstractDataset[NoReturn, "Logins"]):
    """Logins of places where films lie, out of Kedro's credentials."""

    def __init__(
        self,
        *,
        credentials: dict[str, dict[str, str]] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        from libra_emo.media.sources import Logins

        self._logins = Logins(credentials)
        self.metadata = metadata

    def load(self) -> Logins:
        """Return the logins."""
        return self._logins

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"logins": repr(self._logins)}
