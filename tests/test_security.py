"""Who may talk to the chat: an ASGI application behind the guard, called without a server."""

import asyncio
import base64
import os

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from rag.errors import RagError
from ui.password import Password
from ui.security import Guard, close_environment, password, require_safe

APP = Guard(
    Starlette(routes=[Route("/", lambda _: PlainTextResponse("in"), methods=["GET", "POST"])]),
    hosts=["127.0.0.2"],
)
HOST = "127.0.0.1:7860"


def call(method: str = "GET", kind: str = "http", path: str = "/", **headers: str | list[str]):
    """Status and headers of a request; names with ``_`` for ``-``."""
    raw = [
        (name.replace("_", "-").encode(), one.encode("latin-1"))
        for name, value in headers.items()
        for one in ([value] if isinstance(value, str) else value)
    ]
    scope = {
        "type": kind, "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"",
        "headers": raw, "http_version": "1.1", "scheme": "http", "root_path": "",
        "asgi": {"version": "3.0"},
    }  # fmt: skip
    sent: list[dict] = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(APP(scope, receive, send))
    if sent[0]["type"] == "websocket.close":
        return sent[0]["code"], {}
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}


@pytest.mark.parametrize(
    "host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "LOCALHOST", "127.0.0.2:1"]
)
def test_own_names_pass(host: str):
    status, headers = call(host=host)
    assert status == 200
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil.example",
        "localhost.", "127.1", "2130706433", "0.0.0.0:7860", "192.168.1.10", "[::]", "[fe80::1]",
        "", " ", "localhost@evil.example", "evil.example@localhost", "localhost/x", "localhost?x",
        "localhost#x", "localhost:port", "localhost:99999", "[::1", "127.0.0.1, evil.example",
        "xn--localhost-", "app.localhost", "127.0.0.3",
    ],
)  # fmt: skip
def test_foreign_hosts_are_refused(host: str):
    for method in ("GET", "POST"):
        status, headers = call(method, host=host)
        assert status == 400
        assert "access-control-allow-origin" not in headers


def test_a_missing_or_doubled_host_is_refused():
    assert call()[0] == 400
    assert call(host=[HOST, "evil.example"])[0] == 400
    assert call(host=[HOST, HOST])[0] == 400


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "https://evil.example", "null", "http://127.0.0.1", "",
        "http://127.0.0.1:7861", "https://127.0.0.1:7860", "http://localhost:7860",
        "http://127.0.0.1:7860.evil.example", "http://127.0.0.1:7860@evil.example",
        "http://127.0.0.1:7860/", "file://", "chrome-extension://abc", "http://[::1]:7860",
        "http://127.0.0.1:7860 http://evil.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_foreign_origins_are_refused(origin: str, method: str):
    status, headers = call(method, host=HOST, origin=origin)
    assert status == 403
    assert "access-control-allow-origin" not in headers


def test_two_origins_are_refused():
    assert call("POST", host=HOST, origin=[f"http://{HOST}", "http://evil.example"])[0] == 403


def test_the_own_origin_and_no_origin_pass():
    assert call("POST", host=HOST, origin=f"http://{HOST}")[0] == 200
    assert call("POST", host=HOST)[0] == 200


def test_requests_of_other_sites_without_an_origin_are_refused():
    assert call("GET", host=HOST, sec_fetch_site="cross-site", sec_fetch_mode="no-cors")[0] == 403
    assert call("POST", host=HOST, sec_fetch_site="cross-site", sec_fetch_mode="navigate")[0] == 403
    assert call("GET", host=HOST, sec_fetch_site="same-site", sec_fetch_mode="cors")[0] == 403
    assert call("GET", host=HOST, sec_fetch_site="cross-site", sec_fetch_mode="navigate")[0] == 200
    assert call("GET", host=HOST, sec_fetch_site="same-origin", sec_fetch_mode="cors")[0] == 200


def test_websockets_are_guarded_too():
    assert call(kind="websocket", host="evil.example")[0] == 1008
    assert call(kind="websocket", host=HOST, origin="http://evil.example")[0] == 1008


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "example.org", "", "10.0.0.1"])
def test_others_may_not_reach_the_chat(host: str):
    with pytest.raises(RagError, match="this machine only") as caught:
        require_safe(host)
    assert "127.0.0.1" in caught.value.hint


def test_loopback_hosts_are_taken():
    hosts = ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"]
    assert [require_safe(host) for host in hosts] == [
        "127.0.0.1", "localhost", "::1", "::1", "127.0.0.2",
    ]  # fmt: skip


def test_the_environment_opens_nothing(monkeypatch):
    monkeypatch.setenv("GRADIO_SHARE", "True")
    monkeypatch.setenv("GRADIO_ALLOWED_PATHS", "/")
    monkeypatch.setenv("GRADIO_MCP_SERVER", "True")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.setenv("no_proxy", "")
    close_environment()
    assert not {"GRADIO_SHARE", "GRADIO_ALLOWED_PATHS", "GRADIO_MCP_SERVER"} & set(os.environ)
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["NO_PROXY"] == "intranet.example,127.0.0.1,::1,localhost"


# --- a chat that others may reach ----------------------------------------------------------------

SECRET = "correct horse battery"


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def test_another_address_needs_a_password(monkeypatch):
    monkeypatch.delenv("KAYNAK_PASSWORD", raising=False)
    with pytest.raises(RagError, match="this machine only") as caught:
        require_safe("192.168.1.10")
    assert "KAYNAK_PASSWORD" in caught.value.hint
    monkeypatch.setenv("KAYNAK_PASSWORD", "short")
    with pytest.raises(RagError, match="has 5 characters"):
        require_safe("192.168.1.10")
    monkeypatch.setenv("KAYNAK_PASSWORD", SECRET)
    assert require_safe("192.168.1.10") == "192.168.1.10"
    assert require_safe("[fe80::1]") == "fe80::1"
    assert require_safe("kaynak.lan") == "kaynak.lan"
    for host in ("0.0.0.0", "::", "", "a/b", "a b"):
        with pytest.raises(RagError, match="not one address"):
            require_safe(host)
    assert password("127.0.0.1") is None
    assert password("192.168.1.10") is not None


def test_the_password_is_asked_for_and_guesses_are_few(monkeypatch):
    checked = Password(SECRET)
    assert checked.check("", "a") == 401
    assert checked.check(basic(f"anybody:{SECRET}"), "a") is None
    assert checked.check(basic(f":{SECRET}"), "a") is None
    for _ in range(5):
        assert checked.check(basic(f"x:{SECRET}!"), "b") == 401
    assert checked.check(basic(f"new:{SECRET}"), "b") == 429
    assert checked.check(basic(f"new:{SECRET}"), "c") is None
    for odd in ("Bearer x", "Basic %%%", "Basic /w==", f"Digest {SECRET}"):
        assert checked.check(odd, "d") == 401


def test_the_guard_asks_before_anything_is_answered(monkeypatch):
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("in"))])
    guard = Guard(app, hosts=["192.168.1.10"], password=Password(SECRET))
    monkeypatch.setattr("tests.test_security.APP", guard)
    status, headers = call(host="192.168.1.10:7860")
    assert (status, headers["www-authenticate"]) == (401, 'Basic realm="Kaynak"')
    assert call(host="192.168.1.10:7860", authorization=basic(f"a:{SECRET}"))[0] == 200
    assert call(host="evil.example", authorization=basic(f"a:{SECRET}"))[0] == 400
    assert call(kind="websocket", host="192.168.1.10:7860")[0] == 1008


def test_bodies_are_bounded(monkeypatch, tmp_path):
    app = Starlette(
        routes=[Route("/{x:path}", lambda _: PlainTextResponse("in"), methods=["GET", "POST"])]
    )
    monkeypatch.setattr("tests.test_security.APP", Guard(app, most_bytes=1000, uploads=tmp_path))
    assert call("POST", host=HOST, content_length="4000000")[0] == 200
    assert call("POST", host=HOST, content_length="5000000")[0] == 413
    assert call("POST", host=HOST)[0] == 411
    assert call("POST", host=HOST, content_length="-1")[0] == 411
    upload = {"path": "/gradio_api/upload", "host": HOST}
    assert call("POST", content_length="1000", **upload)[0] == 200
    assert call("POST", content_length="1001", **upload)[0] == 413
    (tmp_path / "waits").write_bytes(b"x" * 1001)
    assert call("POST", content_length="10", **upload)[0] == 507
    assert call("GET", host=HOST)[0] == 200
