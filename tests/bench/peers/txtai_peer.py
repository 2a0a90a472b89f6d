"""txtai: its quick start for retrieval-augmented generation, on paragraphs of the files."""

from __future__ import annotations

PACKAGES = ("txtai==9.14.0", "transformers==5.24.0", "accelerate==1.15.0")


def build(documents, embedder, generator, dtype):
    # What a user writes
    from pathlib import Path

    from txtai import RAG, Embeddings

    paragraphs = [
        (f"{path}#{i}", paragraph)
        for path in Path(documents).rglob("*.*")
        if path.is_file()
        for i, paragraph in enumerate(path.read_text("utf-8").split("\n\n"))
        if paragraph.strip()
    ]
    embeddings = Embeddings(path=embedder, content=True)
    embeddings.index(paragraphs)
    rag = RAG(
        embeddings,
        generator,
        task="language-generation",
        context=4,
        system="You answer questions from the given context alone.",
        template="Question: {question}\nContext: {context}\n"
        "If the context does not answer the question, say so.",
        dtype=dtype,
    )

    def ask(question):
        yield from rag(question, maxlength=2048, stream=True, do_sample=False, max_new_tokens=160)
        # Until here
        found = embeddings.search(question, 4)
        yield [(hit["id"].rsplit("#", 1)[0], hit["text"]) for hit in found]

    return ask
