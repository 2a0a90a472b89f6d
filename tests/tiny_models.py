"""Real models of a few kilobytes, made on the spot: random weights, but every file and step."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789.,?!:'\"-()<>/|_\n"
WORDS = "the embassy opened in ankara when was it by a of and council signed treaty".split()
CHAT_TEMPLATE = (
    "{% for m in messages %}<|start|>{{ m['role'] }}\n{{ m['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


def tiny_embedder(folder: Path, *, max_tokens: int = 24, prompts: dict[str, str] | None = None):
    """A sentence-transformers model: BERT of two layers over 40 words and the letters."""
    import torch
    from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import WordPiece
    from transformers import BertConfig, BertModel

    pieces = [*ALPHABET.strip(), *(f"##{c}" for c in ALPHABET.strip()), *WORDS]
    known = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *pieces])
    vocabulary = {token: i for i, token in enumerate(known)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.add_special_tokens(list(known)[:4])
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    # As shipped models have it: a limit of its own that must not count.
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        pad_token_id=0,
    )
    BertModel(config).save_pretrained(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]"}
    special |= {"sep_token": "[SEP]", "tokenizer_class": "PreTrainedTokenizerFast"}
    write_json(folder / "tokenizer_config.json", special)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": max_tokens})
    write_json(folder / "config_sentence_transformers.json", {"prompts": prompts or {}})
    write_json(folder / "modules.json", module_entries("Transformer", "Pooling", "Normalize"))
    pooling = {"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True}
    write_json(folder / "1_Pooling" / "config.json", pooling)
    (folder / "2_Normalize").mkdir()
    return folder


def tiny_generator(folder: Path, *, template: str | None = CHAT_TEMPLATE, seed: int = 0):
    """A Llama of two layers that writes characters; its words are random but always the same."""
    import torch
    from tokenizers import Tokenizer, decoders, pre_tokenizers
    from tokenizers.models import BPE
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {t: i for i, t in enumerate(["<|end|>", "<|start|>", *letters])}
    tokenizer = Tokenizer(BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", bos_token="<|start|>"
    )
    fast.chat_template = template
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        bos_token_id=1,
        eos_token_id=0,
        tie_word_embeddings=True,
        initializer_range=0.3,
    )
    LlamaForCausalLM(config).save_pretrained(str(folder))
    fast.save_pretrained(str(folder))
    return folder


def module_entries(*kinds: str) -> list[dict[str, object]]:
    """``modules.json`` as sentence-transformers writes it."""
    return [
        {
            "idx": i,
            "name": str(i),
            "path": "" if i == 0 else f"{i}_{kind}",
            "type": f"sentence_transformers.models.{kind}",
        }
        for i, kind in enumerate(kinds)
    ]


def paper_model(folder: Path, *, role: str = "embedder") -> Path:
    """Files that look like a model without being one: enough to be found and judged."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", {"hidden_size": 16, "max_position_embeddings": 64})
    (folder / "model.safetensors").write_bytes(b"weights")
    if role == "embedder":
        write_json(folder / "modules.json", module_entries("Transformer", "Pooling"))
        write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 16})
    return folder


def build_wheel(target: Path, *, package: str, version: str, files: dict[str, bytes]) -> Path:
    """A wheel that pip accepts, holding these files."""
    name = package.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    wheel = target / f"{name}-{version}-py3-none-any.whl"
    meta = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(wheel, "w") as out:
        for path, content in files.items():
            out.writestr(path, content)
        out.writestr(f"{info}/METADATA", meta)
        out.writestr(f"{info}/WHEEL", tag)
        out.writestr(f"{info}/RECORD", "")
    return wheel


def write_json(file: Path, value: object) -> None:
    """Write a value, making the folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), encoding="utf-8")
