"""Which published word indexes a store knows as made from its own content.

Numbers of states do not tell: a copy of the index folder that went another way, or an older
store.db that was put back and changed, comes to the same numbers with other content. So the store
keeps the hash of the stamp of each index that it is about to get, and believes no other. A stamp
holds the hashes of all files of its index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seals:
    """The seals that a store knows; a seal is the name of an index and the hash of its stamp.

    Attributes:
        published: Of the one that was published last; its folder must be there.
        others: Of older ones, and of one that is about to get its name; they may be there.
    """

    published: str | None = None
    others: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str | None) -> Seals:
        """From the fact "words" of a store, one seal a line; the first line may be empty."""
        first, *others = (text or "").split("\n")
        return cls(first or None, tuple(others))

    @property
    def text(self) -> str:
        """All of it as one text."""
        return "\n".join((self.published or "", *self.others))

    @property
    def published_name(self) -> str | None:
        """The folder of the one that was published last."""
        return None if self.published is None else _name(self.published)

    def know(self, seal: str) -> bool:
        """Whether an index was made from the content of this store."""
        return seal == self.published or seal in self.others

    def announced(self, seal: str, there: Collection[str]) -> Seals:
        """With the seal of an index that is made, but has not got its name yet.

        A writer that is killed between the two leaves either an index that is known, or nothing.

        Args:
            there: The names of the indexes that are there; others are forgotten.
        """
        return Seals(self.published, (seal, *_older(self.others, seal, there)))

    def unpublished(self) -> Seals:
        """The same ones, of which none must be there."""
        return Seals(None, self._all)

    def sealed(self, seal: str, there: Collection[str]) -> Seals:
        """With the seal of the index that is published now."""
        return Seals(seal, _older(self._all, seal, there))

    @property
    def _all(self) -> tuple[str, ...]:
        return (self.published, *self.others) if self.published else self.others


def _older(known: Iterable[str], seal: str, there: Collection[str]) -> tuple[str, ...]:
    return tuple(s for s in known if _name(s) in there and _name(s) != _name(seal))


def _name(seal: str) -> str:
    return seal.partition(" ")[0]
