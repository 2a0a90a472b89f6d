"""The fixed pieces of the page as HTML: nothing in them comes from outside."""

from __future__ import annotations

BRAND = (
    '<div class="brand"><svg viewBox="0 0 24 24" aria-hidden="true">'
    '<rect x="2" y="2" width="20" height="20" rx="5" fill="currentColor"/><path d="M6 8h12M6 16h8" '
    'stroke="#fff" stroke-width="1.6" stroke-linecap="round" opacity=".75"/>'
    '<rect class="line" x="5" y="10.4" width="14" height="3.2" rx="1.2"/></svg><h1>Kaynak</h1>'
    '<span class="tagline">Answers that show their source</span></div>'
)
OPEN_LIBRARY = '<button type="button" data-library aria-expanded="false">Documents</button>'
LIBRARY_HEAD = (
    '<header><h2>Documents</h2><button type="button" class="close" data-library '
    'aria-label="Close documents">×</button></header>'
)
SOURCES = (
    '<aside class="sources" aria-label="Sources"><header><h2>Sources</h2><span class="of"></span>'
    '<button type="button" class="close" data-close aria-label="Close sources">×</button></header>'
    '<div class="cards"><p class="empty">Click a number in an answer to read the sentence it '
    "stands on, in its document.</p></div></aside>"
)
SCOPE = '<div class="scope" role="status"></div>'


def announced(live: str) -> str:
    """The turn under way, read out by screen readers as it grows."""
    return f'<div aria-live="polite">{live}</div>'
