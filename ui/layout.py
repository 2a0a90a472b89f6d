"""The page: Gradio components and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.config import Config
from ui import frame
from ui.messages import Words
from ui.reader import Reader, Said
from ui.turns import Conversation


@dataclass(frozen=True, slots=True)
class Page:
    """The components that handlers change."""

    conversation: gr.State
    client: gr.JSON
    done: gr.HTML
    live: gr.HTML
    hint: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    restart: gr.Button
    documents: gr.HTML
    status: gr.HTML
    upload: gr.UploadButton
    sync: gr.Button
    dialogs: gr.HTML

    def talk(self) -> list[Any]:
        """What a `View` changes, in the order of `ui.wiring.talk_updates`."""
        return [
            self.conversation, self.done, self.live, self.hint, self.question, self.send, self.stop,
        ]  # fmt: skip

    def worded(self) -> list[Any]:
        """What has texts of its own, in the order of `worded_updates`."""
        return [self.question, self.send, self.stop, self.restart, self.upload, self.sync]


def worded_updates(words: Words) -> list[dict[str, Any]]:
    """The texts of `Page.worded`."""
    asked = gr.update(placeholder=words("placeholder"), label=words("question"))
    keys = ("ask", "stop", "new", "library.add", "library.sync")
    labels = [gr.update(value=words(key)) for key in keys[:3]]
    labels += [gr.update(label=words("library.add")), gr.update(value=words("library.sync"))]
    return [asked, *labels]


def lay_out(config: Config, reader: Reader) -> Page:
    """Make all components, inside the blocks at hand."""
    words = Words()

    def fetch(wanted: Any) -> Said:  # noqa: ANN401 - whatever a browser sends
        return reader.fetch(wanted)

    with gr.Row(elem_id="top"):
        html(frame.BRAND, elem_id="brand")
        html(frame.OPEN_LIBRARY, elem_id="open-library")
        html(frame.TOOLS, elem_id="tools")
        restart = gr.Button(words("new"), elem_id="restart", size="sm")
    with gr.Row(elem_id="shell"):
        with gr.Column(elem_id="library", min_width=0):
            documents, status, upload, sync = _library_column(config, words)
        with gr.Column(elem_id="talk", min_width=0):
            with gr.Column(elem_id="scroller"):
                done = html(elem_id="done", js_on_load="window.kaynak.talk(element, trigger)")
                live = html(frame.announced(""), elem_id="live")
            question, hint, send, stop = _composer(words)
        with gr.Column(elem_id="sources", min_width=0):
            html(frame.SOURCES)
    dialogs = gr.HTML(
        frame.dialogs(config), apply_default_css=False, elem_id="dialogs",
        server_functions=[fetch],
        js_on_load="window.kaynak.start(element, () => trigger('language'), server)",
    )  # fmt: skip
    return Page(
        conversation=gr.State(Conversation()), client=gr.JSON(visible=False), done=done, live=live,
        hint=hint, question=question, send=send, stop=stop, restart=restart, documents=documents,
        status=status, upload=upload, sync=sync, dialogs=dialogs,
    )  # fmt: skip


def _library_column(
    config: Config, words: Words
) -> tuple[gr.HTML, gr.HTML, gr.UploadButton, gr.Button]:
    html(frame.library_head(config), elem_id="library-head")
    with gr.Row(elem_id="library-tools"):
        upload = gr.UploadButton(
            words("library.add"), file_count="multiple", size="sm", elem_id="upload"
        )
        sync = gr.Button(words("library.sync"), size="sm", elem_id="sync")
    html(frame.LIBRARY_NOTE, elem_id="library-notes")
    status = html(elem_id="library-status")
    documents = html(
        elem_id="documents",
        js_on_load="window.kaynak.library(element, trigger, watch, ['delete', 'reread'])",
    )
    return documents, status, upload, sync


def _composer(words: Words) -> tuple[gr.Textbox, gr.HTML, gr.Button, gr.Button]:
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                placeholder=words("placeholder"), show_label=False, label=words("question"),
                lines=1, max_lines=6, container=False, elem_id="question",
            )  # fmt: skip
            send = gr.Button(words("ask"), variant="primary", elem_id="send", min_width=0)
            stop = gr.Button(words("stop"), visible=False, elem_id="stop", min_width=0)
        with gr.Row(elem_id="below-ask"):
            html(frame.SCOPE, elem_id="scope")
            hint = html(elem_id="hint")
    return question, hint, send, stop


def html(value: str = "", *, elem_id: str | None = None, js_on_load: str | None = None) -> gr.HTML:
    """Plain HTML without Gradio's own style."""
    return gr.HTML(value, apply_default_css=False, elem_id=elem_id, js_on_load=js_on_load)
