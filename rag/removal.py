"""Documents taken out: of the index, of their folder, and on a purge of the ratings as well."""

from __future__ import annotations

from collections.abc import Sequence

from rag import attic
from rag.config import Documents
from rag.errors import LibraryError
from rag.feedback import Feedback
from rag.library import Library


def remove(library: Library, folders: Documents, doc_ids: Sequence[str], *, purge: bool) -> int:
    """Remove documents; see `rag.Assistant.remove`.

    Returns:
        How many ratings were deleted.

    Raises:
        LibraryError: If there is no such document, or something cannot be moved or deleted.
        IndexLockedError: If another process is writing.
    """
    index = folders.index
    known = {d.doc_id for d in library.documents()} | {f.doc_id for f in library.failed()}
    for doc_id in doc_ids:
        if doc_id not in known and not (purge and attic.kept(index, doc_id)):
            raise LibraryError(
                f"There is no document {doc_id}.", hint="`kaynak status --json` lists them.",
                code="no_document", detail=doc_id,
            )  # fmt: skip
    # Before the index forgets them: a purge that is cut short here can be asked for again.
    ratings = Feedback(index).forget(doc_ids, library.texts(doc_ids)) if purge else 0
    # The index before the files: it cannot be answered from, whatever happens then.
    library.remove(*(d for d in doc_ids if d in known), purge=purge)
    for doc_id in doc_ids:
        files = [folders.folder / doc_id] if doc_id in known else []
        if purge:
            attic.erase([*files, *attic.kept(index, doc_id)])
        elif files[0].exists():
            attic.set_aside(files[0], index, doc_id)
    return ratings
