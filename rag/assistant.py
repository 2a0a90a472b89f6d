"""The assistant: a folder of documents that answers. The only file that knows all parts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from rag import selftest
from rag.answering import Answering, Event
from rag.chunking import chunk
from rag.config import DEFAULT_MODEL, Config, load_config
from rag.conversation import History
from rag.doctor import Check
from rag.embedding import SentenceEmbedder
from rag.errors import ConfigError, LibraryError, ReadError
from rag.following import Following
from rag.generation import LocalGenerator
from rag.judging import LocalJudge
from rag.library import Library
from rag.models import locate
from rag.protocols import Embedder, Judge
from rag.protocols import Generator as LanguageModel
from rag.readers import READERS_VERSION, SUPPORTED, IsolatedReader
from rag.removal import Removal, remove
from rag.run import Run
from rag.status import AssistantStatus
from rag.suggestions import example_questions
from rag.sync import check_folder, free_name
from rag.types import Answer, Document, DocumentInfo, FailedFile, SyncProgress, SyncReport

CHUNKER_VERSION = "sentences-1"
_SUGGEST_FROM = 20


class Assistant(Following):
    """Answers questions from a folder of documents, with the sentences the answers stand on.

    Threads may share one assistant. The models are loaded at the first question.
    """

    def __init__(
        self, config: Config, library: Library, embedder: Embedder, generator: LanguageModel,
        *, judge: Judge | None = None, writes: bool = False,
    ) -> None:  # fmt: skip
        self.config = config
        self._library = library
        self._answering = Answering(config, embedder, generator, judge, writes)

    @classmethod
    def open(
        cls,
        config: str | Path | Config | None = None,
        *,
        documents: str | Path | None = None,
        index: str | Path | None = None,
    ) -> Self:
        """Open a folder of documents; nothing is read or indexed yet.

        Args:
            config: A settings file, or settings; None as `rag.config.load_config` says.
            documents: Overrides the folder of the settings.
            index: Overrides the index folder of the settings.

        Raises:
            ConfigError: If a setting is wrong.
            ModelMissingError: If a model is not on this machine.
            LibraryError: If the index folder cannot be used.
        """
        settings = config if isinstance(config, Config) else None
        if settings is None or documents is not None or index is not None:
            path = None if isinstance(config, Config) else config
            settings = load_config(path, documents=documents, index=index)
        embedder = SentenceEmbedder(
            locate(settings.embedding.model, "embedder"), batch_size=settings.embedding.batch_size
        )
        weights = locate(settings.generation.model, "generator")
        generator = LocalGenerator(weights, device=settings.generation.device)
        judge = LocalJudge(locate(DEFAULT_MODEL, "generator"), device=settings.generation.device)
        library = open_library(settings, embedder)
        writes = _writes(settings, weights)
        return cls(settings, library, embedder, generator, judge=judge, writes=writes)

    def sync(
        self,
        *,
        progress: Callable[[SyncProgress], None] | None = None,
        rebuild: bool = False,
        allow_empty: bool = False,
    ) -> SyncReport:
        """Bring the index up to date with the folder.

        Args:
            progress: Called for each file at least once.
            rebuild: Index everything again, e.g. after the embedder was changed.
            allow_empty: Let a folder that has become empty empty the index.

        Raises:
            LibraryError: If the folder does not exist or has become empty.
            IndexLockedError: If another process is writing.
            IndexStaleError: If the index was made with another embedder or chunker.
        """
        return self._library.sync(progress=progress, rebuild=rebuild, allow_empty=allow_empty)

    def answer(
        self, question: str, *, history: History = (), documents: Sequence[str] | None = None
    ) -> Answer:
        """Answer a question; builds the index first when there is none.

        Args:
            question: In plain language.
            history: Earlier questions and answers, oldest first.
            documents: Only answer from these ``doc_id``; None for all.

        Raises:
            QuestionError: If the question is empty or too long.
            LibraryError: If the index cannot be used.
            GenerationError: If the model fails.
        """
        with closing(self.stream(question, history=history, documents=documents)) as events:
            for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("the stream ended without an answer")

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        documents: Sequence[str] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> Generator[Event, None, None]:
        """Answer a question step by step; see `answer`.

        Args:
            stopped: Asked between steps; once true, the model stops. Closing the iterator does
                the same.

        Yields:
            `Stage` for what is going on, `Checked` for each sentence once it has passed its
            checks, and the `Answer` last.
        """
        run = Run(question, history, None if documents is None else list(documents), stopped)
        yield from self.follow(run)

    def documents(self) -> tuple[DocumentInfo, ...]:
        """The indexed documents, by path."""
        return self._library.documents()

    def document(self, doc_id: str) -> Document | None:
        """One document with its text; None when it is not indexed."""
        return self._library.snapshot().document(doc_id)

    def failed(self) -> tuple[FailedFile, ...]:
        """The files that could not be indexed at the last sync, with the reason."""
        return self._library.failed()

    def suggestions(self, n: int = 4) -> list[str]:
        """Questions that the documents can answer, for an empty conversation."""
        found = (self.document(d.doc_id) for d in self.documents()[:_SUGGEST_FROM])
        return example_questions([d for d in found if d is not None], n=n)

    def add(self, source: Path, *, name: str | None = None) -> str:
        """Copy a file into the documents' folder; `sync` indexes it.

        Args:
            source: The file.
            name: What to call it; None for its own name. Only the last part counts.

        Returns:
            Its ``doc_id``; a number is added when the name is taken by another file.

        Raises:
            ReadError: If files of its type cannot be read.
            LibraryError: If it cannot be copied.
        """
        wanted = (
            Path((name or source.name).replace("\\", "/")).name.strip().lstrip(".") or "document"
        )
        if Path(wanted).suffix.lower() not in SUPPORTED:
            allowed = ", ".join(sorted(SUPPORTED))
            raise ReadError(
                f"{wanted} is of a type that cannot be read.", hint=f"Use {allowed}.",
                code="unknown_type", detail=wanted,
            )  # fmt: skip
        folder = self.config.documents.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            target = free_name(folder, wanted, source)
            shutil.copyfile(source, target)
        except OSError as exc:
            raise LibraryError(
                f"{wanted} cannot be copied to {folder}: {exc.strerror}.",
                code="not_copied", detail=f"{wanted}, {exc.strerror}",
            ) from exc  # fmt: skip
        return target.name

    def remove(self, *doc_ids: str, purge: bool = False) -> Removal:
        """Take documents out of the index, and their files out of the folder.

        A file is moved to ``removed/`` in the index folder, not deleted, so that the next sync
        does not bring it back.

        Args:
            purge: Delete the files for good, also those of these names, or with the same bytes,
                that were moved there before, and leave no byte of their text in the index folder.

        Returns:
            What became of them; also what was found to hold their text still.

        Raises:
            LibraryError: If there is no such document, or a file cannot be moved or deleted, or
                what has its name now is no file in the folder: that is left alone.
            IndexLockedError: If another process is writing.
        """
        return remove(self._library, self.config.documents, doc_ids, purge=purge)

    def examine(self) -> tuple[Check, ...]:
        """Check the index from end to end; changes nothing. See `rag.doctor`."""
        return self._library.examine()

    def status(self) -> AssistantStatus:
        """What is indexed, where, and with which models."""
        state = self._library.status()
        return AssistantStatus(
            documents_folder=str(self.config.documents.folder),
            index_folder=str(self.config.documents.index),
            documents=state.documents,
            passages=state.passages,
            failed=len(self.failed()),
            index_bytes=state.bytes,
            indexed_since=state.since,
            last_change=state.last_change,
            rebuilding=state.is_rebuilding,
            embedder=self.config.embedding.model,
            made_with=state.embedder,
            chunker=state.chunker,
            generator=self.config.generation.model,
            writes=self._answering.writes,
        )

    def close(self) -> None:
        """Close the index."""
        self._library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


def open_library(config: Config, embedder: Embedder) -> Library:
    """The library of the settings' two folders.

    Raises:
        ConfigError: If passages are to be larger than the embedder takes.
        LibraryError: If a folder cannot be used.
    """
    sizes = config.chunking
    if sizes.size_tokens > embedder.max_tokens:
        raise ConfigError(
            f"`chunking.size_tokens` is {sizes.size_tokens}, but the embedder"
            f" {config.embedding.model} takes no more than {embedder.max_tokens} tokens.",
            hint=f"Set it to {embedder.max_tokens} or less in config.yaml, or choose an embedder"
            " that takes longer texts.",
        )
    if config.documents.index.is_relative_to(config.documents.folder):
        # Else a misspelt folder would be made here, and be empty.
        check_folder(config.documents.folder)
    return Library.open(
        config.documents.folder,
        config.documents.index,
        embedder=embedder,
        read=IsolatedReader(config.readers),
        chunk=partial(
            chunk, counter=embedder, size_tokens=sizes.size_tokens,
            overlap_sentences=sizes.overlap_sentences,
        ),
        chunker_fingerprint=f"{CHUNKER_VERSION}-{sizes.size_tokens}-{sizes.overlap_sentences}",
        suffixes=SUPPORTED,
        most_bytes=int(config.readers.max_file_mb * 1_000_000),
        readers_version=READERS_VERSION,
    )  # fmt: skip


def _writes(config: Config, weights: Path) -> bool:
    if config.answering.mode != "auto":
        return config.answering.mode == "written"
    measured = selftest.load(weights)
    return measured is not None and measured.writes
