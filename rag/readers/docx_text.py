"""The text of one paragraph of a Word document, as the document stands now.

What was inserted or moved to its place is read, what was deleted or moved away is not, and neither
is hidden text. Boxes and notes stand inside a paragraph, but are no part of its sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from rag.readers.raised import raised

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATIVES = f"{_COMPATIBILITY}AlternateContent"
_CHOICES = (f"{_COMPATIBILITY}Choice", f"{_COMPATIBILITY}Fallback")
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_BEFORE = {"num": "", "den": "/", "sup": "^", "sub": "_", "rad": "√", "d": ""}  # in formulas
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_GONE = frozenset({"del", "moveFrom", "rPr", "pPr", "sdtPr", "tblPr", "trPr", "tcPr", "rt"})
_WRAPPERS = frozenset(
    f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")
)
_OFF = frozenset({"0", "false", "off", "none"})
_PRIVATE = range(0xF000, 0xF100)  # where the letters of fonts of symbols stand
# The letters of these fonts are no letters: what they show, as far as it has a meaning.
_SYMBOL = dict(zip(
    "abgdezhqiklmnxoprstufcywABGDEZHQIKLMNXOPRSTUFCYW",
    "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    strict=True,
)) | {"\xb0": "°", "\xb1": "±", "\xb4": "×", "\xb8": "÷", "\xa3": "≤", "\xb3": "≥", "\xb9": "≠",
      "\xbb": "≈", "\xae": "→", "\xac": "←", "\xa5": "∞", "\xb7": "•"}  # fmt: skip
_WINGDINGS = {"\xfc": "✓", "\xfb": "✗", "\xfe": "☑", "\xfd": "☒", "\xa8": "☐", "\x6f": "☐",
              "\xe0": "→", "\xdf": "←"}  # fmt: skip


def word(name: str) -> str:
    """A name of Word's own, as the parser gives it: ``word("p")`` for ``w:p``."""
    return _W + name


def value(element: _Element | None, name: str = "val") -> str | None:
    """An attribute of Word's own; None when it, or the element, is not there."""
    return None if element is None else element.get(_W + name)


def is_on(element: _Element | None) -> bool:
    """Whether a setting is there and not switched off."""
    return element is not None and (value(element) or "on") not in _OFF


def below(parent: _Element) -> Iterator[_Element]:
    """What stands in an element, through what only wraps it: controls and marks of changes."""
    # A stack of our own: to yield through each of many wrappers takes as many times longer.
    stack = [iter(parent)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag in _WRAPPERS:
            stack.append(iter(child))
        elif child.tag == _ALTERNATIVES:
            stack.append(iter(next((choice for choice in child if len(choice)), ())))
        else:
            yield child


@dataclass(slots=True)
class Paragraph:
    """What was collected of a paragraph.

    Attributes:
        boxes: Elements that hold blocks of their own.
        notes: Kind ("footnote" or "endnote") and id of each, in order.
    """

    parts: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text so far."""
        return "".join(self.parts)

    def collect(self, element: _Element, hidden: frozenset[str]) -> None:
        """Add what is below an element; the depth is that of the XML.

        Args:
            hidden: Ids of the styles that hide text.
        """
        for child in element:
            tag = child.tag
            name = tag[len(_W) :] if isinstance(tag, str) and tag.startswith(_W) else ""
            if _is_gone(child, name, hidden):
                continue
            before = len(self.parts)
            if name == "txbxContent":
                self.boxes.append(child)
            elif name in ("footnoteReference", "endnoteReference"):
                self.notes.append((name.removesuffix("Reference"), value(child, "id") or ""))
            elif tag == _ALTERNATIVES:
                self._collect_one(child, hidden)
            elif isinstance(tag, str) and tag.startswith(_MATHS):
                self._collect_maths(child, tag[len(_MATHS) :], hidden)
            elif not self._mark(child, name):
                self.collect(child, hidden)
            self._raise(child, before)

    def _raise(self, run: _Element, begin: int) -> None:
        """Digits that a run shows above the line; what is no run has no such properties."""
        properties = run.find(word("rPr"))
        align = None if properties is None else properties.find(word("vertAlign"))
        if value(align) == "superscript":
            self.parts[begin:] = [raised("".join(self.parts[begin:]))]

    def _collect_one(self, element: _Element, hidden: frozenset[str]) -> None:
        """A box stands there twice, for newer and for older programs: the first with text is it."""
        before = (len(self.parts), len(self.boxes), len(self.notes))
        for choice in element:
            if choice.tag in _CHOICES:
                self.collect(choice, hidden)
            if (len(self.parts), len(self.boxes), len(self.notes)) != before:
                return

    def _collect_maths(self, element: _Element, name: str, hidden: frozenset[str]) -> None:
        """Formulas in one line: 1/2 must not become 12, nor two squared 22."""
        if name == "t":
            self.parts.append(element.text or "")
        opened, closed = _brackets(element, name)
        self.parts.append(_BEFORE.get(name, "") + opened)
        self.collect(element, hidden)
        self.parts.append(closed)

    def _mark(self, element: _Element, name: str) -> bool:
        """Add the text that an element stands for; False when it may hold more elements."""
        if name == "t":
            self.parts.append(element.text or "")
        elif name == "br" and value(element, "type") in ("page", "column"):
            self.parts.append(" ")
        elif name in _MARKS:
            self.parts.append(_MARKS[name])
        elif name == "sym":
            self.parts.append(_symbol(element))
        else:
            return False
        return True


def _brackets(element: _Element, name: str) -> tuple[str, str]:
    if name == "deg":
        return ("[", "]") if len(element) else ("", "")  # which root it is; a square one needs none
    one_run = [child.tag for child in element] == [f"{_MATHS}r"]
    return ("", "") if name not in _BEFORE or one_run else ("(", ")")


def _is_gone(element: _Element, name: str, hidden: frozenset[str]) -> bool:
    return name in _GONE or (name == "r" and _is_hidden(element, hidden))


def _is_hidden(run: _Element, hidden: frozenset[str]) -> bool:
    properties = run.find(word("rPr"))
    if properties is None:
        return False
    own = properties.find(word("vanish"))
    if own is not None:
        return is_on(own)
    return bool(hidden) and value(properties.find(word("rStyle"))) in hidden


def _symbol(element: _Element) -> str:
    code = int(value(element, "char") or "0", 16)
    if code not in _PRIVATE:
        return chr(code) if code else ""
    font = value(element, "font") or ""
    shown = {"Symbol": _SYMBOL, "Wingdings": _WINGDINGS}.get(font, {})
    return shown.get(chr(code - _PRIVATE.start), "")
