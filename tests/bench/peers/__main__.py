"""Kaynak beside LangChain, LlamaIndex, Haystack and txtai, on the same documents and questions.

    python -m tests.bench.peers DATA/squad2_rag DATA/nq_oracle_rag --work W --questions 100

Each system runs in an environment of its own below the working folder, which is made at the first
run and needs the network; the systems themselves run offline with the two models of
``kaynak fetch``. Folders of sets are as for `tests.bench.public_sets`; of those that Kaynak's judge
was trained on, only articles are asked about that were held out. The tables are Markdown, and are
kept in the working folder with every reply; times and memory are also given as ratios to Kaynak's
in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rag.config import DEFAULT_MODEL
from rag.devices import best_device, best_dtype
from rag.machine import environment
from rag.models import locate
from tests.bench.judge_examples import SETS, is_held_out, read_rows
from tests.bench.peers import measures
from tests.bench.public_sets import files_of

HERE = Path(__file__).parent
SYSTEMS = ("kaynak", "langchain", "llamaindex", "haystack", "txtai")
_TORCH = "torch==2.13.0"
_HOURS = 6 * 3600


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--work", type=Path, required=True, help="for environments and results")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument(
        "--their-documents", action="store_true", help="index those of the questions alone: a try"
    )
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    print(json.dumps(environment()))
    done = [_compared(folder, args) for folder in args.folders]
    return 0 if all(done) else 1


def _compared(folder: Path, args: argparse.Namespace) -> bool:
    """Ask all systems about one set, and show the table; false if one failed."""
    job = _job(folder, args)
    place = args.work / "sets" / folder.name
    place.mkdir(parents=True, exist_ok=True)
    rows = []
    for system in args.systems:
        print(f"{folder.name}: {system} ...", file=sys.stderr, flush=True)
        out = place / f"{system}.jsonl"
        if not _run(system, job, out, args.work):
            print(f"{system} failed: see {out.with_suffix('.log')}", file=sys.stderr)
            continue
        *replies, whole = read_rows(out)
        rows.append(measures.measured(system, job["questions"], replies, whole))
    if rows:
        known = sum(bool(q["answers"]) for q in job["questions"])
        shown = f"### {folder.name}: {len(job['questions'])} questions, {known} with an answer\n\n"
        shown += measures.table(rows) + "\n"
        (place / "table.md").write_text(shown, encoding="utf-8")
        print(shown, flush=True)
    return len(rows) == len(args.systems)


def _job(folder: Path, args: argparse.Namespace) -> dict:
    """Documents, models and questions, the same for all."""
    files = files_of(folder, folder / "corpus")
    learned = folder.name in {name for name, _, _ in SETS}
    asked = [r for r in read_rows(folder / "dev.jsonl") if not r.get("history")]
    asked = [r for r in asked if is_held_out(r) or not learned]
    asked = [r for r in asked if r["answers"] or not r["answerable"]]
    random.Random(args.seed).shuffle(asked)
    asked = asked[: args.questions]
    documents = (folder / "corpus").absolute()
    if args.their_documents:
        documents = (args.work / "documents").absolute()
        shutil.rmtree(documents, ignore_errors=True)
        for name in {files[d] for row in asked for d in row["doc_ids"]}:
            (documents / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / "corpus" / name, documents / name)
    return {
        "documents": str(documents),
        "embedder": str(locate(DEFAULT_MODEL, "embedder")),
        "generator": str(locate(DEFAULT_MODEL, "generator")),
        # Left to itself transformers takes the file's bfloat16: much slower on many a processor.
        "dtype": str(best_dtype(best_device())).removeprefix("torch."),
        "questions": [
            {
                "id": row["id"], "question": row["question"],
                "answers": row["answers"] if row["answerable"] else [],
                "documents": [files[d] for d in row["doc_ids"]] if row["answerable"] else [],
            }
            for row in asked
        ],
    }  # fmt: skip


def _run(system: str, job: dict, out: Path, work: Path) -> bool:
    log = out.with_suffix(".log")
    environ = {
        **os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
        "HAYSTACK_TELEMETRY_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False",
    }  # fmt: skip
    if system == "kaynak":
        python, root = Path(sys.executable), HERE.parents[2]
        environ["PYTHONPATH"] = str(root)
    else:
        python = _environment(system, work, log)
    # The gold answers stay here.
    bare = [{"id": q["id"], "question": q["question"]} for q in job["questions"]]
    given = out.with_suffix(".job.json")
    given.write_text(json.dumps({**job, "questions": bare}), encoding="utf-8")
    command = [str(python), str(HERE / "harness.py"), str(HERE / f"{system}_peer.py")]
    with log.open("a", encoding="utf-8") as lines:
        done = subprocess.run(
            [*command, str(given.absolute()), str(out.absolute())],
            env=environ, stdout=lines, stderr=lines, timeout=_HOURS, check=False, cwd=work,
        )  # fmt: skip
    return done.returncode == 0


def _environment(system: str, work: Path, log: Path) -> Path:
    """The system's own Python, made when it is not there or has other packages."""
    folder = (work / system).absolute()
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted, installed = [_TORCH, *_packages(system)], folder / "packages.json"
    if installed.exists() and json.loads(installed.read_text("utf-8")) == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    for packages in (wanted[:1], wanted[1:]):
        with log.open("a", encoding="utf-8") as lines:
            subprocess.run(
                [str(python), "-m", "pip", "install", "-q", *packages],
                stdout=lines, stderr=lines, check=True,
            )  # fmt: skip
    installed.write_text(json.dumps(wanted), encoding="utf-8")
    return python


def _packages(system: str) -> Sequence[str]:
    module = __import__(f"tests.bench.peers.{system}_peer", fromlist=["PACKAGES"])
    return module.PACKAGES


if __name__ == "__main__":
    sys.exit(main())
