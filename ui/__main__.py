"""``python -m ui``: the chat over the folder that the settings name."""

from __future__ import annotations

import sys

from rag.assistant import Assistant
from rag.errors import RagError
from ui.app import launch


def main() -> int:
    """Index the folder, then serve the chat; returns an exit code."""
    try:
        with Assistant.open() as assistant:
            assistant.sync()
            chat = assistant.config.chat
            launch(assistant, host=chat.host, port=chat.port)
    except RagError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
