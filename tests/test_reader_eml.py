"""Messages: charsets, raw headers, which parts are text, and messages in messages."""

from __future__ import annotations

import pytest

from tests.test_reader_formats import code, read

HEAD = "From: a@x.example\nSubject: Ports\nMIME-Version: 1.0\n"
SHOWN = "From: a@x.example\nSubject: Ports"
INNER = "From: in@x.example\nDate: Tue, 15 Jun 2021\nSubject: Kars\n\nIt is open.\n"
FORWARD = f"Content-Type: message/rfc822\n\n{INNER}"
PLAIN, HTML = "Content-Type: text/plain", "Content-Type: text/html"


def parts(kind: str, *each: str) -> str:
    """The header and the body of a multipart."""
    mark = f"--{kind}"
    return f'Content-Type: multipart/{kind}; boundary="{kind}"\n\n{mark}\n' + (
        f"\n{mark}\n".join(each) + f"\n{mark}--\n"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (parts("alternative", f"{PLAIN}\n\n \n", f"{HTML}\n\n<p>In HTML.</p>"), "In HTML."),
        (parts("alternative", f"{PLAIN}\n\nPlain.", f"{HTML}\n\n<p>In HTML.</p>"), "Plain."),
        (parts("mixed", f"{PLAIN}\n\nOne.", f"{PLAIN}\n\nTwo."), "One.\n\nTwo."),
        (
            parts("mixed", f"{PLAIN}; name=a.txt\n\nOne.", f"{PLAIN}; name=b.txt\n\nTwo."),
            "One.\n\nAttachment: b.txt.",
        ),
        (
            parts("mixed", f"{PLAIN}\n\nOne.", f"{PLAIN}\nContent-Disposition: attachment\n\nTwo."),
            "One.\n\nAttachment: without a name.",
        ),
        (
            parts(
                "alternative", f"{PLAIN}\n\nPlain.",
                parts("mixed", f"{HTML}\n\nrich", "Content-Type: image/png; name=a.png\n\nx"),
            ),
            "Plain.\n\nAttachment: a.png.",
        ),
        *(
            (parts("signed", f"{PLAIN}\n\nSigned.", f"Content-Type: {kind}\n\nxx"), "Signed.")
            for kind in ("application/pgp-signature", "application/pkcs7-signature")
        ),
        (
            parts("mixed", f"{PLAIN}\n\nSee.", FORWARD, f"{PLAIN}\n\nBye."),
            "See.\n\nBye.\n\nKars\n\n" + INNER.strip(),
        ),
        (FORWARD, f"Kars\n\n{INNER.strip()}"),
    ],
)  # fmt: skip
def test_parts(tmp_path, body, text) -> None:
    assert read(tmp_path, "a.eml", HEAD + body).text == f"{SHOWN}\n\n{text}"


def test_a_forwarded_message_stands_below_its_subject(tmp_path) -> None:
    found = read(tmp_path, "a.eml", HEAD + FORWARD)
    assert found.title == "Ports"
    assert [(h.level, h.text) for h in found.headings] == [(1, "Kars")]


def test_messages_within_messages_are_read_three_deep(tmp_path) -> None:
    nested = "".join(f"Subject: s{n}\nContent-Type: message/rfc822\n\n" for n in range(9))
    found = read(tmp_path, "a.eml", nested + INNER)
    assert [h.text for h in found.headings] == ["s1", "s2", "s3"]
    assert found.text.endswith("Subject: s3\n\nAttachment: s4.")


@pytest.mark.parametrize("charset", ["windows-1254", "utf-8"])
def test_the_charset_of_html_is_what_the_header_says(tmp_path, charset) -> None:
    body = "<meta charset=koi8-r><p>Iğdır şehri</p>".encode(charset)
    head = f"{HEAD}{HTML}; charset={charset}\n\n".encode()
    assert read(tmp_path, "a.eml", head + body).text == f"{SHOWN}\n\nIğdır şehri"


def test_html_that_is_not_in_the_charset_of_its_header(tmp_path) -> None:
    head = f"{HEAD}{HTML}; charset=us-ascii\n\n".encode()
    body = "<meta charset=utf-8><p>Iğdır şehri</p>".encode()
    assert read(tmp_path, "a.eml", head + body).text == f"{SHOWN}\n\nIğdır şehri"


@pytest.mark.parametrize("charset", ["utf-8", "windows-1254"])
def test_headers_that_stand_there_in_bytes(tmp_path, charset) -> None:
    message = (
        "From: Ayşe <a@x.example>\nSubject: Türkiye =?utf-8?b?xZ5laGly?=\n"
        f"Content-Type: text/plain; charset={charset}\n\nGövde şöyle."
    )
    found = read(tmp_path, "a.eml", message.encode(charset))
    assert found.title == "Türkiye Şehir"
    assert found.text == ("From: Ayşe <a@x.example>\nSubject: Türkiye Şehir\n\nGövde şöyle.")


def test_a_long_header_in_bytes_is_cut_between_letters(tmp_path) -> None:
    found = read(tmp_path, "a.eml", f"Subject: x{'ş' * 5000}\n\nwords")
    assert found.text == f"Subject: x{'ş' * 999}\n\nwords"


def test_names_of_files_that_stand_there_in_bytes(tmp_path) -> None:
    file = (
        'Content-Type: application/pdf\nContent-Disposition: attachment; filename="Şehir.pdf"\n\nx'
    )
    body = parts("mixed", f"{PLAIN}\n\nSee.", f"{file}\nx")
    assert read(tmp_path, "a.eml", HEAD + body).text.endswith("See.\n\nAttachment: Şehir.pdf.")


def test_many_small_pages_count_as_a_large_one(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("rag.readers.html._MOST_TAGS", 30_500)
    pages = [f"{HTML}\n\n<p>x</p>"] * 101
    found = read(tmp_path, "a.eml", HEAD + parts("mixed", *pages[:100]))
    assert found.text == "\n\n".join([SHOWN, *"x" * 100])
    assert code(tmp_path, "a.eml", HEAD + parts("mixed", *pages)) == "too_long"
