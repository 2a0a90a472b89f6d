"""config.yaml and what is said when it is wrong."""

from pathlib import Path

import pytest
import yaml

from rag.config import Config, load_config, models_folder
from rag.errors import ConfigError

ROOT = Path(__file__).parent.parent


def write(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_file_in_the_repository_states_the_defaults_and_every_key() -> None:
    values = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    defaults = Config().model_dump(mode="json")
    assert values == defaults


def test_a_misspelt_key_is_named(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"`retrieval\.pasages` is not a setting"):
        load_config(write(tmp_path, "retrieval:\n  pasages: 3\n"))


def test_a_value_out_of_range_is_named_with_the_value(tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"`chat\.port` is 99999: .*65535"):
        load_config(write(tmp_path, "chat:\n  port: 99999\n"))


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", "just words"])
def test_what_is_no_settings_file_is_refused(tmp_path, text) -> None:
    with pytest.raises(ConfigError):
        load_config(write(tmp_path, text))


def test_a_file_that_is_named_must_exist(tmp_path, monkeypatch) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_config(tmp_path / "no.yaml")
    monkeypatch.setenv("KAYNAK_CONFIG", str(tmp_path / "neither.yaml"))
    with pytest.raises(ConfigError, match=r"neither\.yaml"):
        load_config()


def test_paths_are_relative_to_the_file_and_arguments_to_the_working_folder(
    tmp_path, monkeypatch
) -> None:
    file = write(tmp_path, "documents:\n  folder: docs\n")
    monkeypatch.chdir(tmp_path.parent)
    config = load_config(file)
    assert config.documents.folder == tmp_path / "docs"
    assert config.documents.index == tmp_path / ".kaynak"
    config = load_config(file, documents="mine")
    assert config.documents.folder == tmp_path.parent / "mine"
    assert config.documents.index == tmp_path.parent / "mine" / ".kaynak"
    assert load_config(file, index="i").documents.index == tmp_path.parent / "i"


def test_the_fingerprint_follows_what_shapes_an_answer(tmp_path) -> None:
    plain = load_config(write(tmp_path, ""))
    assert (
        load_config(write(tmp_path, "chat:\n  port: 7000\n")).fingerprint() == plain.fingerprint()
    )
    other = load_config(write(tmp_path, "retrieval:\n  passages: 3\n"))
    assert other.fingerprint() != plain.fingerprint()


def test_kaynak_home_moves_the_models(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("KAYNAK_HOME", str(tmp_path))
    assert models_folder() == tmp_path / "models"
