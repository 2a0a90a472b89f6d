"""LangChain: its tutorial for retrieval-augmented generation, with a local chat model."""

from __future__ import annotations

import pathlib

PACKAGES = (
    "langchain==1.5.2", "langchain-huggingface==1.2.3", "langchain-text-splitters==1.1.3",
    "langchain-community==0.4.2", "sentence-transformers==6.2.0", "transformers==5.24.0",
    "accelerate==1.15.0", "pypdf==7.1.1",
)  # fmt: skip


def build(documents, embedder, generator, dtype):
    is_pdf = any(pathlib.Path(documents).rglob("*.pdf"))
    # What a user writes
    from langchain_community.document_loaders import DirectoryLoader, PyPDFLoader, TextLoader
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.vectorstores import InMemoryVectorStore
    from langchain_huggingface import ChatHuggingFace, HuggingFaceEmbeddings, HuggingFacePipeline
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    reader = PyPDFLoader if is_pdf else TextLoader
    loaded = DirectoryLoader(documents, glob="**/*.*", loader_cls=reader).load()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    store = InMemoryVectorStore(HuggingFaceEmbeddings(model_name=embedder))
    store.add_documents(splitter.split_documents(loaded))
    llm = HuggingFacePipeline.from_model_id(
        model_id=generator,
        task="text-generation",
        pipeline_kwargs={"max_new_tokens": 160, "do_sample": False, "return_full_text": False},
        model_kwargs={"dtype": dtype},
    )
    prompt = ChatPromptTemplate.from_template(
        "Answer the question from the retrieved context alone, in three sentences at most. "
        "If the answer is not there, say that you don't know.\n"
        "Question: {question}\nContext: {context}"
    )
    chain = prompt | ChatHuggingFace(llm=llm)

    def ask(question):
        found = store.similarity_search(question, k=4)
        context = "\n\n".join(d.page_content for d in found)
        for chunk in chain.stream({"question": question, "context": context}):
            yield chunk.content
        # Until here
        yield [(d.metadata["source"], d.page_content) for d in found]

    return ask
