"""Kaynak, as its README says."""

from __future__ import annotations

import tempfile


def build(documents, embedder, generator, dtype):
    index = tempfile.mkdtemp()
    # What a user writes
    import rag

    assistant = rag.Assistant.open(documents=documents, index=index)
    assistant.sync()

    def ask(question):
        answer = None
        for event in assistant.stream(question):
            if isinstance(event, rag.Checked):
                yield event.sentence.text + " "
            elif isinstance(event, rag.Answer):
                answer = event
        # Until here
        if answer.status == "abstained":
            yield None
            yield answer.text
        yield [(c.document, c.quote) for c in answer.citations]

    return ask
