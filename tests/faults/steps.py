"""Stop a process, or fill its disk, at the n-th call that changes a file.

``python -m tests.faults.steps WHAT FOLDER EVERY`` runs under a small library (``steps.c``)
that is loaded before libc and counts the calls. One server imports everything and forks a child
for each point, so that a point costs some hundredths of a second.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import tantivy  # noqa: F401 - here, so that no child has to import it

from rag.errors import RagError
from rag.store import Store
from tests.faults import naive_store as naive
from tests.faults import world
from tests.faults.scenes import SCENES, Scene, lose_words, to_version_one
from tests.small_library import found, open_library

_HERE = Path(__file__).parent
_STOPPED = 77
_COUNT, _BEFORE, _HALF, _FULL = range(4)


def run(what: str, folder: Path, every: int = 1) -> dict[str, object]:
    """Run the server.

    Args:
        what: "stops", "full" or "naive"; "stops 0:2" for the even scenes alone.
        every: Only each n-th point.

    Raises:
        FileNotFoundError: If there is no C compiler.
    """
    library = folder / "steps.so"
    source = str(_HERE / "steps.c")
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), source, "-ldl"], check=True
    )
    environment = {
        **os.environ, "LD_PRELOAD": str(library), "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(_HERE.parent.parent),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.faults.steps", what, str(folder), str(every)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def _forked(act: Callable[[], object], report: Path) -> int:
    """Run in a child; its exit code. What it gives back is written to ``report`` as JSON."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            report.write_text(json.dumps(act()), encoding="utf-8")
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear of it
            report.write_text(json.dumps([traceback.format_exc()]), encoding="utf-8")
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class _Server:
    def __init__(self, folder: Path) -> None:
        self._shim = ctypes.CDLL(None)
        self._shim.counted.restype = ctypes.c_long
        self._shim.arm.argtypes = [ctypes.c_long, ctypes.c_int]
        self.folder = folder
        self.root = folder / "root"
        self.report = folder / "report.json"

    def fresh(self, template: Path, scene: Scene | None = None) -> Path:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(template, self.root)
        if scene is not None and scene.operation is not None:
            scene.operation.edit(self.root)
        return self.root

    def armed(self, act: Callable[[Path], object], n: int, mode: int) -> Callable[[], object]:
        def run_armed() -> object:
            self._shim.arm(n, mode)
            try:
                act(self.root)
                return [bool(self._shim.was_write(i + 1)) for i in range(self._shim.counted())]
            finally:
                self._shim.disarm()

        return run_armed

    def steps(
        self, act: Callable[[Path], object], template: Path, scene: Scene | None = None
    ) -> list[bool]:
        """Whether each call is a write."""
        self.fresh(template, scene)
        assert _forked(self.armed(act, 0, _COUNT), self.report) == 0, self.report.read_text()
        return json.loads(self.report.read_text())


def _template(folder: Path, scene: Scene) -> Path:
    template = folder / f"template {scene.name}"

    def make() -> None:
        world.new_root(template)
        # So that there are two generations, and something that was removed before.
        world.put_file(template, "d4.txt", world.text_of("d4", 0))
        with open_library(template) as library:
            library.sync()
        if scene.name == "migrate":
            to_version_one(template / "index" / "store.db")
        if scene.name == "make words":
            lose_words(template)

    assert _forked(make, folder / "report.json") == 0, (folder / "report.json").read_text()
    return template


def _allowed(template: Path, scene: Scene) -> list[world.State]:
    before = world.folder_state(template)
    return [before] if scene.operation is None else [before, scene.operation.after(before)]


def _after_stop(root: Path, allowed: list[world.State]) -> list[str]:
    problems = [*world.check(root, *allowed), *world.settle(root)]
    copy = root / "copy.db"
    if copy.exists():  # a backup is there as a whole or not at all
        (root / "restored").mkdir()
        copy.rename(root / "restored" / "store.db")
        store = Store(root / "restored")
        problems += store.problems() + ([] if store.counts() == (5, 15) else ["half a backup"])
        store.close()
    return problems


def _stops(server: _Server, every: int, share: str = "0:1") -> dict[str, object]:
    tried, wrong = 0, []
    steps: dict[str, int] = {}
    first, step = map(int, share.split(":"))
    for scene in SCENES[first::step]:
        template = _template(server.folder, scene)
        allowed = _allowed(template, scene)
        writes = server.steps(scene.act, template, scene)
        steps[scene.name] = len(writes)
        for n in range(1, len(writes) + 2, every):
            for mode in (_BEFORE, _HALF) if [*writes, False][n - 1] else (_BEFORE,):
                root = server.fresh(template, scene)
                code = _forked(server.armed(scene.act, n, mode), server.report)
                said = server.report.read_text() if code not in (0, _STOPPED) else ""
                _forked(lambda r=root, a=allowed: _after_stop(r, a), server.report)
                problems = json.loads(server.report.read_text())
                tried += 1
                if said or problems:
                    wrong.append(f"{scene.name}, step {n}, mode {mode}: {problems} {said}")
    return {"tried": tried, "wrong": wrong, "steps": steps}


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _names_the_disk(text: str) -> bool:
    return any(word in text.lower() for word in ("disk", "space"))


def _used(
    root: Path, scene: Scene, allowed: list[world.State], heard: _Heard
) -> Iterator[str]:  # fmt: skip
    """Operation and questions while the disk is full; what cannot be read."""
    try:
        scene.act(root)
    except RagError as exc:
        heard.lines.append(str(exc))
    with open_library(root, world.embedder_of(root)) as library:
        stored = {d.doc_id: library.snapshot().document(d.doc_id) for d in library.documents()}
        for doc_id in allowed[0]:
            texts = {state.get(doc_id) for state in allowed}
            text = stored[doc_id].text if doc_id in stored else None
            if text not in texts:
                yield f"{doc_id} was lost"
            elif text and not found(library, world.version_of(text)):
                yield f"{doc_id} cannot be found"


def _filled(server: _Server, scene: Scene, n: int, allowed: list[world.State]) -> list[str]:
    """The disk is full from a step on: the operation, then a question, then there is room."""
    heard = _Heard()
    logging.getLogger("rag").addHandler(heard)
    problems = []
    server._shim.arm(n, _FULL)
    try:
        problems += _used(server.root, scene, allowed, heard)
    except Exception:  # noqa: BLE001 - any error but ours is what is looked for
        problems.append(traceback.format_exc())
    full = server._shim.counted() >= n
    server._shim.disarm()
    if full and not any(map(_names_the_disk, heard.lines)):
        problems.append(f"the disk is not named: {heard.lines}")
    return [*problems, *world.check(server.root, *allowed), *world.settle(server.root)]


def _full(server: _Server, every: int) -> dict[str, object]:
    tried, wrong = 0, []
    steps: dict[str, int] = {}
    for scene in SCENES[:6]:
        template = _template(server.folder, scene)
        allowed = _allowed(template, scene)
        steps[scene.name] = len(server.steps(scene.act, template, scene))
        for n in range(1, steps[scene.name] + 1, every):
            server.fresh(template, scene)
            _forked(lambda s=scene, n=n, a=allowed: _filled(server, s, n, a), server.report)
            problems = json.loads(server.report.read_text())
            tried += 1
            if problems:
                wrong.append(f"{scene.name}, step {n}: {problems}")
    return {"tried": tried, "wrong": wrong, "steps": steps}


def _naively(server: _Server, mode: int) -> dict[str, object]:
    template = server.folder / "template naive"
    template.mkdir(parents=True)
    _forked(
        lambda: naive.NaiveLibrary(template).put(**{f"d{i}": f"text {i}" for i in range(20)}),
        server.report,
    )

    def act(root: Path) -> None:
        naive.NaiveLibrary(root).put(d1="another text")

    tried, wrong = 0, []
    for n in range(1, len(server.steps(act, template)) + 1):
        server.fresh(template)
        _forked(server.armed(act, n, mode), server.report)
        _forked(lambda: naive.check(server.root), server.report)
        tried += 1
        wrong += json.loads(server.report.read_text())[:1]
    return {"tried": tried, "wrong": wrong}


def main(what: str, folder: str, every: str) -> None:
    server = _Server(Path(folder))
    if what == "naive":
        result = [_naively(server, _BEFORE), _naively(_Server(Path(folder, "full")), _FULL)]
    else:
        name, _, share = what.partition(" ")
        made = {"stops": _stops, "full": _full}[name]
        result = made(server, int(every), *([share] if share else []))
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
