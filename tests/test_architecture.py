"""The rooms of the house and their doors."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).parent.parent
# Imports point down: a module may import from its own level or a lower one.
LEVELS = [
    {"types", "errors", "reasons", "own_words"},
    {"text", "config", "protocols", "values", "streaming", "model_files", "shipped", "devices",
     "files", "places", "leftovers", "wishes",
     "printable"},
    {"chunking", "retrieval", "evidence", "grounding", "disagreement", "changed_copies",
     "scope", "conversation", "prompts", "metrics", "answerable", "answering", "run", "extent",
     "selftest", "suggestions", "parts",
     "finding", "wording", "overview", "listing", "composing", "statistics", "attribution",
     "results", "questions", "question_files", "failures", "measuring", "summary", "plots",
     "gate", "drafting", "comparison", "settings_file", "machine", "explanation",
     "next_questions"},
    {"readers", "embedding", "store", "dense", "lexical", "library", "generation", "models",
     "causal_model", "judging", "adapters", "queries", "sync_run", "private_copy", "attic",
     "removal", "doctor", "backup", "status", "feedback", "pages", "following"},
    {"assistant"},
    {"evaluation", "report", "terminal", "tuning"},
    {"commands", "evaluation_arguments", "evaluation_commands"},
    {"cli"},
]  # fmt: skip
LEVEL = {name: i for i, names in enumerate(LEVELS) for name in names}
OWNERS = {
    "faiss": "rag/dense.py",
    "tantivy": "rag/lexical.py",
    "sqlite3": "rag/feedback.py rag/sharing.py rag/store.py",
    "sentence_transformers": "rag/embedding.py",
    "transformers": "rag/causal_model.py",
    "peft": "rag/adapters.py",
    "pypdfium2": "rag/pages.py rag/readers/pdf.py rag/readers/pdf_lines.py"
    " rag/readers/pdf_notes.py",
    "docx": "rag/readers/docx.py",
    "pptx": "rag/readers/pptx.py",
    "openpyxl": "rag/readers/xlsx.py",
    "striprtf": "rag/readers/rtf.py",
}
FILES = sorted([*ROOT.glob("rag/**/*.py"), *ROOT.glob("ui/*.py")])


def imports(file: Path):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def name_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "rag" and len(parts) > 1 else None


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_imports_point_down(file: Path) -> None:
    own = LEVEL.get(file.relative_to(ROOT).with_suffix("").parts[1]) if "rag" in file.parts else 9
    if file.name == "__init__.py" or own is None:
        return
    used = {name for module in imports(file) if (name := name_of(module)) in LEVEL}
    assert {name for name in used if LEVEL[name] > own} == set()
    assert "ui" not in {m.split(".")[0] for m in imports(file)} or file.name in {
        "cli.py", *(p.name for p in ROOT.glob("ui/*.py")),
    }  # fmt: skip


@pytest.mark.parametrize(("library", "owners"), OWNERS.items())
def test_heavy_libraries_have_few_owners(library: str, owners: str) -> None:
    users = {
        file.relative_to(ROOT).as_posix()
        for file in FILES
        if library in {module.split(".")[0] for module in imports(file)}
    }
    assert users == set(owners.split())


def test_files_stay_small() -> None:
    long = {f.name: n for f in FILES if (n := len(f.read_text().splitlines())) > 300}
    assert long == {}


def test_import_rag_is_light() -> None:
    code = (
        "import sys, rag; print(sorted({'faiss','tantivy','sqlite3','transformers','gradio',"
        "'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_public_names_are_sorted_and_exist() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    assert all(getattr(rag, name) is not None for name in rag.__all__)


def test_no_code_from_data() -> None:
    calls = re.compile(r"import pickle|trust_remote_code=True|yaml\.load\(|torch\.load|\beval\(")
    assert [f.name for f in FILES if calls.search(f.read_text(encoding="utf-8"))] == []
