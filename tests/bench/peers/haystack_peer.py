"""Haystack: its first pipeline for retrieval-augmented generation, with local models."""

from __future__ import annotations

import pathlib

PACKAGES = (
    "haystack-ai==3.4.1", "transformers-haystack==2.0.0", "sentence-transformers-haystack==2.0.0",
    "sentence-transformers==6.2.0", "transformers==5.24.0", "accelerate==1.15.0",
    "pypdf==7.1.1",
)  # fmt: skip


def build(documents, embedder, generator, dtype):
    is_pdf = any(pathlib.Path(documents).rglob("*.pdf"))
    # What a user writes
    from pathlib import Path

    from haystack import Pipeline
    from haystack.components.builders import ChatPromptBuilder
    from haystack.components.converters import PyPDFToDocument, TextFileToDocument
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.components.writers import DocumentWriter
    from haystack.dataclasses import ChatMessage
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )
    from haystack_integrations.components.generators.transformers import TransformersChatGenerator

    store = InMemoryDocumentStore()
    indexing = Pipeline()
    reader = PyPDFToDocument if is_pdf else TextFileToDocument
    indexing.add_component("read", reader(store_full_path=True))
    indexing.add_component("split", DocumentSplitter(split_by="word", split_length=200))
    indexing.add_component("embed", SentenceTransformersDocumentEmbedder(model=embedder))
    indexing.add_component("write", DocumentWriter(document_store=store))
    indexing.connect("read", "split")
    indexing.connect("split", "embed")
    indexing.connect("embed", "write")
    files = [str(path) for path in Path(documents).rglob("*.*") if path.is_file()]
    indexing.run({"read": {"sources": files}})

    template = [
        ChatMessage.from_system(
            "Answer the question from these documents alone. If they do not answer it, say so.\n"
            "{% for document in documents %}{{ document.content }}\n{% endfor %}"
        ),
        ChatMessage.from_user("{{ question }}"),
    ]
    pieces = []
    answering = Pipeline()
    answering.add_component("embed", SentenceTransformersTextEmbedder(model=embedder))
    answering.add_component("retrieve", InMemoryEmbeddingRetriever(store, top_k=4))
    answering.add_component("prompt", ChatPromptBuilder(template=template, required_variables="*"))
    answering.add_component(
        "write",
        TransformersChatGenerator(
            model=generator,
            generation_kwargs={"max_new_tokens": 160, "do_sample": False},
            huggingface_pipeline_kwargs={"dtype": dtype, "task": "text-generation"},
            streaming_callback=lambda chunk: pieces.append(chunk.content),
        ),
    )
    answering.connect("embed.embedding", "retrieve.query_embedding")
    answering.connect("retrieve", "prompt.documents")
    answering.connect("prompt", "write")

    def ask(question):
        done = answering.run(
            {"embed": {"text": question}, "prompt": {"question": question}},
            include_outputs_from={"retrieve"},
        )
        # Until here
        yield done["write"]["replies"][0].text
        yield [(d.meta["file_path"], d.content) for d in done["retrieve"]["documents"]]

    # Pieces come while `run` holds the caller: a thread brings them here as they are written.
    return _streamed(ask, pieces)


def _streamed(ask, pieces):
    import threading
    import time

    def streamed(question):
        pieces.clear()
        found = []
        errors = []

        def work():
            try:
                found.extend(ask(question))
            except Exception as exc:  # noqa: BLE001 - raised again by the caller
                errors.append(exc)

        thread = threading.Thread(target=work)
        thread.start()
        seen = 0
        while thread.is_alive() or seen < len(pieces):
            if seen < len(pieces):
                yield pieces[seen]
                seen += 1
            else:
                time.sleep(0.005)
        if errors:
            raise errors[0]
        yield found[-1] if seen else found[0]
        if not seen:
            yield found[-1]

    return streamed
