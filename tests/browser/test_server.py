"""The server around the page: what it refuses, and what it does not offer."""

import http.client
import json
import socket
from urllib.parse import urlsplit

import pytest

from rag.config import Chat, Config
from rag.errors import RagError
from tests.browser.conftest import free_port
from tests.fakes_ui import FakeAssistant
from ui.app import serve as serve_assistant


def request(url: str, method: str, path: str, body: bytes | str = "", **headers: str):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def upload(url: str, size: int, **headers: str):
    part = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    return request(
        url, "POST", "/gradio_api/upload", part + b"x" * size + b"\r\n--B--\r\n",
        Content_Type="multipart/form-data; boundary=B", **headers,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/theme.css"])
def test_foreign_hosts_and_origins_get_nothing(town, path):
    assert request(town, "GET", path)[0] == 200
    status, headers, _ = request(
        town, "GET", path, Host="evil.example", Origin="http://evil.example"
    )
    assert status == 400
    assert headers["access-control-allow-origin"] is None
    assert request(town, "GET", path, Origin="http://evil.example")[0] == 403
    assert request(town, "GET", path, Origin="null")[0] == 403


def test_uploads_from_other_pages_and_too_large_ones_are_refused(serve):
    url = serve(FakeAssistant(config=Config(chat=Chat(max_upload_mb=0.01))))
    assert upload(url, 100)[0] == 200
    assert upload(url, 100, Origin="http://evil.example")[0] == 403
    assert upload(url, 20_000)[0] == 413


@pytest.mark.parametrize(
    "path",
    ["/monitoring", "/monitoring/summary", "/gradio_api/file=/etc/passwd",
     "/gradio_api/file=pyproject.toml", "/gradio_api/file=../config.yaml",
     "/gradio_api/file=%2e%2e%2fconfig.yaml", "/gradio_api/mcp/", "/gradio_api/runs",
     "/gradio_api/file=http://evil.example/x", "/gradio_api/proxy=http://evil.example/x",
     "/gradio_api/vibe-code", "/gradio_api/run-history/records", "/gradio_api/queue/status",
     "/gradio_api/custom_component/1/client/component/x.js", "/gradio_api/call/other/1", "/docs",
     "/gradio_api/../config.yaml", "//evil.example/config"],
)  # fmt: skip
def test_doors_that_stay_shut(town, path):
    assert request(town, "GET", path)[0] == 404


def test_only_asking_is_an_open_endpoint(town):
    _, _, body = request(town, "GET", "/gradio_api/info")
    assert list(json.loads(body)["named_endpoints"]) == ["/ask"]
    assert json.loads(body)["unnamed_endpoints"] == {}


def test_a_program_can_ask(town):
    body = json.dumps({"data": ["Who founded the public library?", None]})
    _, _, event = request(
        town, "POST", "/gradio_api/call/ask", body, Content_Type="application/json"
    )
    number = json.loads(event)["event_id"]
    _, _, stream = request(town, "GET", f"/gradio_api/call/ask/{number}")
    answer = json.loads(stream.decode().split("data: ")[1])[0]
    assert answer["status"] == "answered"
    assert "Edith Crane" in answer["citations"][0]["quote"]


def test_the_page_names_no_other_host(town):
    _, _, page = request(town, "GET", "/")
    assert b"fonts.googleapis" not in page
    config = json.loads(request(town, "GET", "/config")[2])
    assert config["stylesheets"] == []
    assert config["analytics_enabled"] is False


def test_a_port_in_use_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            RagError, match=f"Port {port} cannot be taken: address already in use"
        ) as caught:
            serve_assistant(FakeAssistant(), host="127.0.0.1", port=port)
        assert "--port" in caught.value.hint


def test_other_machines_are_kept_out():
    with pytest.raises(RagError, match="this machine only"):
        serve_assistant(FakeAssistant(), host="0.0.0.0", port=free_port())
