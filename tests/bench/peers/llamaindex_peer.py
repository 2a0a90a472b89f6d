"""LlamaIndex: its starter with local models, with the defaults of its query engine."""

from __future__ import annotations

PACKAGES = (
    "llama-index-core==0.14.25", "llama-index-llms-huggingface==0.8.0",
    "llama-index-embeddings-huggingface==0.8.0", "transformers==5.24.0", "accelerate==1.15.0",
    "llama-index-readers-file==0.7.0",
)  # fmt: skip


def build(documents, embedder, generator, dtype):
    # What a user writes
    from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.llms.huggingface import HuggingFaceLLM

    Settings.embed_model = HuggingFaceEmbedding(model_name=embedder)
    Settings.llm = HuggingFaceLLM(
        model_name=generator,
        tokenizer_name=generator,
        context_window=8192,
        max_new_tokens=160,
        is_chat_model=True,
        generate_kwargs={"do_sample": False},
        model_kwargs={"dtype": dtype},
    )
    loaded = SimpleDirectoryReader(documents, recursive=True).load_data()
    engine = VectorStoreIndex.from_documents(loaded).as_query_engine(streaming=True)

    def ask(question):
        response = engine.query(question)
        yield from response.response_gen
        # Until here
        yield [(n.node.metadata["file_path"], n.node.get_content()) for n in response.source_nodes]

    return ask
