"""The classes of a set, and which of the taxonomy's labels stand for which of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pydantic import Field, ValidationError

from libra_emo.common.options import Options, describe_error
from libra_emo.errors import LibraEmoError
from libra_emo.taxonomy import EmotionType, Taxonomy, TaxonomyError, read_label_data

FILE = "evaluation_sets"


class SetError(LibraEmoError):
    """A set cannot be read, or does not fit what is asked of it."""


class SetClass(Options):
    """One class of a set.

    Attributes:
        name: Its name in all tables.
        type: Type of the emotion; None where nothing is known of it.
        owners: Other names that the set's owners use.
        code: The owners' number for it.
        labels: Labels of the taxonomy that stand for it.
    """

    name: str
    type: EmotionType | None = None
    owners: tuple[str, ...] = ()
    code: int | None = None
    labels: tuple[str, ...] = ()


class SetClasses(Options):
    """What is known of a set beforehand: its classes in their order.

    Attributes:
        title: Name of the set in reports.
        classes: The classes.
        id_digits: Digits to which ids that are numbers are filled up.
        clips: Number of clips that the owners published, numbered from 1 on.
    """

    title: str
    classes: tuple[SetClass, ...] = Field(min_length=1)
    id_digits: int = 0
    clips: int = 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(each.name for each in self.classes)

    @cached_property
    def negative(self) -> tuple[bool, ...]:
        """Which classes are negative emotions."""
        return tuple(each.type == "negative" for each in self.classes)

    def place_of_truth(self, label: object) -> int | None:
        """Return the place of the class that a label or code of the owners names."""
        text = str(label).strip().removesuffix(".0")
        return self._owners.get(text.casefold())

    def place_of_answer(self, label: str) -> int | None:
        """Return the place of the class that an answered label names, or None.

        An answer may be a class by any of its names, or a label of the taxonomy that stands for it.
        """
        found = self._answers.get(label)
        return self._answers.get(" ".join(label.split()).casefold()) if found is None else found

    @cached_property
    def _owners(self) -> dict[str, int]:
        places = dict(self._answers)
        for place, each in enumerate(self.classes):
            if each.code is not None:
                places[str(each.code)] = place
        return places

    @cached_property
    def _answers(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for place, each in enumerate(self.classes):
            places.update({label.casefold(): place for label in each.labels})
        for place, each in enumerate(self.classes):
            places.update({name.casefold(): place for name in (each.name, *each.owners)})
        return places


def list_label_names(taxonomy: Taxonomy) -> dict[str, str]:
    """Return every name of a label, in small letters, with the label; Chinese names are among."""
    names = {each.chinese.casefold(): each.label for each in taxonomy.emotions if each.chinese}
    return {**names, **{label.casefold(): label for label in taxonomy.labels}}


def fine_classes(taxonomy: Taxonomy, title: str) -> SetClasses:
    """Return every label of the taxonomy as a class of its own."""
    classes = tuple(
        SetClass(name=each.label, type=each.type, labels=(each.label,))
        for each in taxonomy.emotions
    )
    return SetClasses(title=title, classes=classes)


def coarse_classes(taxonomy: Taxonomy, title: str) -> SetClasses:
    """Return the coarse parents as classes, each with the labels below it."""
    classes = []
    for name in taxonomy.coarse_labels:
        children = [each for each in taxonomy.emotions if each.coarse == name]
        own = next((each for each in children if each.label == name), children[0])
        labels = tuple(each.label for each in children)
        classes.append(SetClass(name=name, type=own.type, labels=labels))
    return SetClasses(title=title, classes=tuple(classes))


def other_classes(names: Iterable[str], title: str) -> SetClasses:
    """Return classes of which nothing is known but their names."""
    return SetClasses(title=title, classes=tuple(SetClass(name=name) for name in sorted(names)))


def read_set_classes(name: str, taxonomy: Taxonomy) -> SetClasses:
    """Return the classes of a public set.

    Raises:
        TaxonomyError: If the data file is wrong or names a label that there is not.
    """
    place = f"{FILE}.yml: sets.{name}"
    try:
        found = SetClasses.model_validate(read_label_data(FILE)["sets"][name])
    except ValidationError as error:
        raise TaxonomyError(f"{place}.{describe_error(error)}") from error
    labels = [label for each in found.classes for label in each.labels]
    unknown = [label for label in labels if label not in taxonomy]
    if unknown:
        raise TaxonomyError(f"{place}: {unknown[0]!r} is not a label of the taxonomy")
    if len(labels) != len(set(labels)):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise TaxonomyError(f"{place}: {twice!r} stands for two classes")
    return found
