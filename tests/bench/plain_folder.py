"""A small folder of plain documents, and questions of which half have an answer in it.

The documents say what offices write down (`tests.bench.judge_facts`); what is asked is of relations
that the judge was not trained on. Each of those is said of a subject or it is not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.bench.judge_facts import ABOVE, Relation, name, relations, said, value

DOCUMENTS = 6
BESIDE = 9
SENTENCES = 4
SUBJECTS = {
    "org": "{n} Shipping", "place": "the {n} tower", "person": "Mira {n}",
    "event": "the {n} hearing", "study": "the {n} trial",
}  # fmt: skip


def write(folder: Path, seed: int) -> list[dict]:
    """Write the documents.

    Returns:
        Rows as the public sets have them: ``question``, ``answerable``, ``answers``.
    """
    pick = random.Random(seed)
    table = relations()
    rows: list[dict] = []
    for group, form in SUBJECTS.items():
        own = [r for r in table if r.group == group]
        for i in range(DOCUMENTS):
            subject = form.format(n=name(pick))
            sentences = _beside([r for r in own if not r.is_held_out], subject, pick)
            for relation in (r for r in own if r.is_held_out):
                rows += _asked(relation, subject, sentences, pick)
            pick.shuffle(sentences)
            title = pick.choice([a for a in ABOVE[group] if a]).format(y=2000 + i)
            text = "\n\n".join([f"# {title}: {subject}", *_paragraphs(sentences)])
            (folder / f"{group}-{i}.md").write_text(text + "\n", encoding="utf-8")
    return rows


def _beside(taught: list[Relation], subject: str, pick: random.Random) -> list[str]:
    chosen = pick.sample(taught, min(BESIDE, len(taught)))
    return [said(relation, subject, value(relation.kind, pick), pick) for relation in chosen]


def _asked(
    relation: Relation, subject: str, sentences: list[str], pick: random.Random
) -> Iterator[dict]:
    forms = [form for form in relation.questions if "{s}" in form]
    if not forms:
        return
    told = value(relation.kind, pick)
    answerable = pick.random() < 1 / 2
    if answerable:
        sentences.append(said(relation, subject, told, pick))
    question = pick.choice(forms).format(s=subject)
    yield {
        "question": question, "answerable": answerable, "answers": [told] if answerable else [],
    }  # fmt: skip


def _paragraphs(sentences: list[str]) -> list[str]:
    return [" ".join(sentences[i : i + SENTENCES]) for i in range(0, len(sentences), SENTENCES)]
