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
    "paper": ("the agreement with {n}", "the lease of {n}", "the policy of {y}", "the contract"),
    "device": ("the pump", "the boiler", "the scanner", "the drill", "the {n} 400", "the heater"),
    "place": ("the {p} tower", "the town hall", "{p}", "the old mill", "the museum", "{p} church"),
    "event": ("the meeting", "the hearing", "the fair", "the {p} accident", "the vote of {y}"),
    "study": ("the {n} study", "the trial", "the survey of {y}", "the {n} trial"),
}
# Of these somebody may speak who means another subject of the same text.
GENERIC = ("the contract", "the trial", "the company", "the firm")
# Values that are easily taken for one another: a near miss says another one of the same subject.
CLASSES = {
    "person": "who", "owner": "who", "org": "who", "money": "sum", "small": "sum",
    "year": "when", "date": "when", "length": "span", "hours": "span",
    "count": "number", "small_count": "number",
}  # fmt: skip
NEAR = 0.75
WORDS = {
    "thing": ("pumps", "glass bottles", "rain coats", "paper bags", "garden tools", "brake discs"),
    "job": ("a nurse", "a roofer", "a tax adviser", "a pilot", "a translator", "a plumber"),
    "cause": ("a broken valve", "heavy snow", "a strike", "a lack of staff", "a wrong label"),
    "drug": ("aspirin", "a nasal spray", "10 mg of veltanib", "vitamin D", "compound K-12"),
    "volts": ("230 V", "110 volts", "400 V, three phases", "12 V direct current", "24 V"),
    "hours_of_day": ("from 9 to 5", "10 a.m. to 6 p.m.", "from 8 till noon", "daily from 10 to 4"),
}
SYLLABLES = (
    "an bo cor dal el fen gar hol is jor kel lun mar nor os per quin ros sel tor ul ver".split()
)
FIRST = "Anna Jonas Mira Paul Selin Tariq Greta Omar Ines Viktor Lale Hugo Nadia Emil".split()
MONTHS = "January February March April May June July September October November December".split()


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
    """Three lessons for each fact: a text that answers the question, and two that do not.

    Of those one says something else of the subject, a value of the same kind for the most part;
    one says what is asked of another subject, where the question names one, or is of the first
    sort. Relations that are held out are asked for with ``held_out`` only, and taught nowhere.
    """
    pick = random.Random(seed)
    table = relations()
    asked = [r for r in table if r.is_held_out == held_out]
    for _ in range(count):
        yield from _lessons(pick.choice(asked), table if held_out else asked, pick)


def _lessons(relation: Relation, table: Sequence[Relation], pick: random.Random) -> list[Lesson]:
    subject = _subject(relation.group, pick)
    question = _large(pick.choice(relation.questions).format(s=subject))
    above = pick.choice(ABOVE[relation.group]).format(y=pick.randint(1990, 2025))
    if pick.random() < 1 / 4:
        above = f"{above}: {subject}" if above else _large(subject)
    beside = [r for r in table if r.group == relation.group and r is not relation]
    told = value(relation.kind, pick)

    def miss() -> str:
        return said(near(relation, beside, pick), subject, None, pick)

    def long(text: str) -> str:
        """With one or two misses before or after it, or none."""
        texts = [text, *(miss() for _ in range(pick.choice((0, 0, 0, 1, 1, 2))))]
        pick.shuffle(texts)
        return " ".join(texts)

    wrong = of_another(relation, subject, pick) if subject in question.casefold() else None
    return [
        Lesson(question, above, long(said(relation, subject, told, pick)), 1, told),
        Lesson(question, above, long(miss()), 0, ""),
        Lesson(question, above, long(miss() if wrong is None else wrong), 0, ""),
    ]


def near(relation: Relation, beside: Sequence[Relation], pick: random.Random) -> Relation:
    """Another relation; of values of the same class for the most part, if there is one."""
    kind = CLASSES.get(relation.kind, relation.kind)
    alike = [r for r in beside if CLASSES.get(r.kind, r.kind) == kind]
    return pick.choice(alike if alike and pick.random() < NEAR else beside)


def of_another(relation: Relation, subject: str, pick: random.Random) -> str | None:
    """The same said of another subject; None where that may be the same, or is not told.

    "Done on 3 May." answers for any agreement.
    """
    forms = [form for form in relation.statements if "{s}" in form]
    other = _subject(relation.group, pick)
    if not forms or other == subject or {other, subject} & set(GENERIC):
        return None
    return filled(pick.choice(forms), other, value(relation.kind, pick))


def said(relation: Relation, subject: str, told: str | None, pick: random.Random) -> str:
    """A statement of a value; of any for None."""
    told = value(relation.kind, pick) if told is None else told
    return filled(pick.choice(relation.statements), subject, told)


def filled(form: str, subject: str, told: str) -> str:
    """A form with a subject and a value; "Tor Ltd." ends a sentence with one full stop."""
    return _large(form.format(s=subject, v=told)).replace("..", ".")


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
