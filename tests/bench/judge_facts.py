"""Plain statements as offices, manuals and reports make them, with questions in other words.

The public sets are mostly articles of an encyclopaedia, whose questions share words with their
sentence. Leases, minutes and manuals say "may be ended with six weeks' notice" to somebody who asks
for the notice period. Here such pairs are put together from the relations in ``judge_facts.txt``,
with invented names, dates and amounts; one in five is held out and taught nowhere.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.judge_rows import Lesson

HELD_OUT = 0.2
TABLE = Path(__file__).with_suffix(".txt")
ABOVE = {
    "org": ("", "Annual report {y}", "Press release", "About us", "Annual report > The year"),
    "paper": ("", "Agreement", "Lease", "Terms and conditions > 4", "Contract of {y} > Duties"),
    "device": ("", "Manual", "Manual > Before use", "Data sheet", "Questions and answers"),
    "place": ("", "Our town", "Guide > Sights", "Report of the works committee", "Register {y}"),
    "person": ("", "Staff list {y}", "Biographies", "Letters", "Obituary"),
    "event": ("", "Minutes", "Minutes of {y} > Item 3", "Protocol", "Notes"),
    "study": ("", "Methods", "Results", "Trial report > Summary", "Abstract"),
}
SUBJECTS = {
    "paper": ("the agreement", "the lease", "the contract", "this licence", "the policy"),
    "device": ("the pump", "the boiler", "the scanner", "the drill", "the {n} 400", "the heater"),
    "place": ("the tower", "the town hall", "{p}", "the old mill", "the museum", "the warehouse"),
    "event": ("the meeting", "the hearing", "the fair", "the accident", "the strike", "the vote"),
    "study": ("the study", "the trial", "the survey of {y}", "our trial", "the second study"),
}
WORDS = {
    "thing": ("pumps", "glass bottles", "rain coats", "paper bags", "garden tools", "brake discs"),
    "job": ("a nurse", "a roofer", "a tax adviser", "a pilot", "a translator", "a plumber"),
    "cause": ("a broken valve", "heavy snow", "a strike", "a lack of staff", "a wrong label"),
    "drug": ("aspirin", "a nasal spray", "10 mg of veltanib", "vitamin D", "compound K-12"),
    "volts": ("230 V", "110 volts", "400 V, three phases", "12 V direct current", "24 V"),
    "hours_of_day": (
        "from 9 to 5",
        "10 a.m. to 6 p.m.",
        "on weekdays from 8",
        "daily except Monday",
    ),
}
SYLLABLES = (
    "an bo cor dal el fen gar hol is jor kel lun mar nor os per quin ros sel tor ul ver".split()
)
FIRST = "Anna Jonas Mira Paul Selin Tariq Greta Omar Ines Viktor Lale Hugo Nadia Emil".split()
MONTHS = "January March April May June July September October November December".split()


@dataclass(frozen=True)
class Relation:
    """What can be asked of subjects of a group, and how it is said."""

    group: str
    kind: str
    questions: tuple[str, ...]
    statements: tuple[str, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether it is for judging only."""
        return hashlib.sha256(self.questions[0].encode()).digest()[0] / 256 < HELD_OUT


def relations() -> list[Relation]:
    """The table: group, kind of the value, questions, statements; ``{s}`` is the subject."""
    rows = [line.split("|") for line in TABLE.read_text("utf-8").splitlines()]
    return [Relation(g, k, tuple(q.split(";")), tuple(s.split(";"))) for g, k, q, s in rows]


def facts(count: int, seed: int, *, held_out: bool = False) -> Iterator[Lesson]:
    """Two lessons for each fact: a text that answers the question, and one that does not."""
    pick = random.Random(seed)
    table = relations()
    asked = [r for r in table if r.is_held_out == held_out]
    taught = asked if held_out else [r for r in table if not r.is_held_out]
    for _ in range(count):
        yield from _pair(pick.choice(asked), taught, pick)


def _pair(relation: Relation, table: Sequence[Relation], pick: random.Random) -> Iterator[Lesson]:
    subject = _subject(relation.group, pick)
    question = _large(pick.choice(relation.questions).format(s=subject))
    above = pick.choice(ABOVE[relation.group]).format(y=pick.randint(1990, 2025))
    beside = [r for r in table if r.group == relation.group and r is not relation]
    told = value(relation.kind, pick)
    answer = said(relation, subject, told, pick)
    other = said(pick.choice(beside), subject, None, pick) if beside else "Nothing was said."
    more = said(pick.choice(beside), subject, None, pick) if beside else ""
    is_long = pick.random() < 1 / 3
    right = pick.choice((f"{answer} {more}", f"{more} {answer}")) if is_long else answer
    yield Lesson(question, above, right, 1, told)
    if subject in question and pick.random() < 1 / 4:
        other = said(relation, _other_subject(relation.group, subject, pick), None, pick)
        if subject not in other and _names(other, relation):
            yield Lesson(question, above, other, 0, "")
            return
        other = said(pick.choice(beside), subject, None, pick) if beside else "Nothing was said."
    yield Lesson(question, above, f"{other} {more}" if is_long else other, 0, "")


def said(relation: Relation, subject: str, told: str | None, pick: random.Random) -> str:
    """A statement of a value; of any for None."""
    told = value(relation.kind, pick) if told is None else told
    return _large(pick.choice(relation.statements).format(s=subject, v=told))


def _names(text: str, relation: Relation) -> bool:
    """Whether a statement says whom it is about; "Done on 3 May." answers for any agreement."""
    return any("{s}" in form and text.endswith(form[-6:]) for form in relation.statements)


def _other_subject(group: str, subject: str, pick: random.Random) -> str:
    return next(s for s in iter(lambda: _subject(group, pick), "") if s != subject)


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]


def name(pick: random.Random) -> str:
    """An invented one."""
    return "".join(pick.sample(SYLLABLES, pick.randint(2, 3))).capitalize()


def _subject(group: str, pick: random.Random) -> str:
    if group == "org":
        ends = ("", " Ltd.", " AG", " Shipping", " & Sons", " Bank", " Foundation")
        return pick.choice(("the company", "the firm", *[name(pick) + e for e in ends]))
    if group == "person":
        return f"{pick.choice(FIRST)} {name(pick)}"
    form = pick.choice(SUBJECTS[group])
    return form.format(n=name(pick), p=name(pick), y=pick.randint(1990, 2025))


def value(kind: str, pick: random.Random) -> str:
    """An invented one of a kind."""
    few, many = pick.randint(2, 40), pick.randint(41, 9_000)
    if kind in WORDS:
        return pick.choice(WORDS[kind])
    made = {
        "year": str(pick.randint(1890, 2024)),
        "date": f"{pick.randint(1, 28)} {pick.choice(MONTHS)} {pick.randint(1990, 2025)}",
        "place": name(pick),
        "person": f"{pick.choice(FIRST)} {name(pick)}",
        "org": f"{name(pick)} {pick.choice(('AG', 'Ltd.', '& Co.'))}",
        "owner": pick.choice((f"{pick.choice(FIRST)} {name(pick)}", f"{name(pick)} Holding")),
        "count": f"{many:,}",
        "small_count": pick.choice((str(few), "seven", "three", "twelve", "five")),
        "money": pick.choice(
            (f"{many:,} euros", f"${few} million", f"{few}.{few % 10} million euros")
        ),
        "small": f"{few % 9 + 1}.{many % 90 + 10} {pick.choice(('euros', 'dollars', 'pounds'))}",
        "percent": f"{few} {pick.choice(('%', 'per cent'))}",
        "length": f"{pick.choice((few, 'two', 'three', 'six'))} {pick.choice(('weeks', 'months', 'days', 'years'))}",  # noqa: E501
        "hours": f"{few} hours",
        "weight": f"{few} {pick.choice(('kg', 'kilograms', 'pounds'))}",
        "litres": f"{few} {pick.choice(('litres', 'gallons', 'cubic metres'))}",
        "degrees": f"{many % 200 + 30} {pick.choice(('degrees', '°C'))}",
        "metres": f"{many % 300 + 3} {pick.choice(('metres', 'm', 'feet'))}",
    }
    return made[kind]
