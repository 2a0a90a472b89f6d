"""Train the judge: a low-rank adapter of the shipped language model (Hu et al., LoRA, 2021).

    python -m tests.bench.judge_examples DATA --out examples.jsonl
    python -m tests.bench.train_judge examples.jsonl --out rag/judge

The model reads a question and one piece of evidence and says yes or no: does it answer? Trained
with binary cross-entropy on the difference of the two tokens' logits.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from rag.models import locate
from rag.prompts import JUDGED_NO, JUDGED_YES, judged

MOST_NEGATIVES = 2
LOWEST_LAYER = 12
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=40, help="the schedule ends here")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    rows = [json.loads(line) for line in args.examples.read_text("utf-8").splitlines()]
    model, tokenizer = load_base()
    model = with_adapter(model, args.rank)
    batches = make_batches(training(rows, args.seed), tokenizer, args.batch, args.seed)
    train(model, tokenizer, batches, rate=args.rate, seconds=args.minutes * 60)
    save(model, args.out)


def save(model: Any, folder: Path) -> None:
    """Half precision is enough for an adapter, and half the size."""
    from safetensors.torch import load_file, save_file

    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_model.safetensors"
    save_file({k: v.half() for k, v in load_file(file).items()}, file, metadata={"format": "pt"})


def load_base() -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = locate("default", "generator")
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, local_files_only=True
    )
    return model, AutoTokenizer.from_pretrained(folder, local_files_only=True)


def with_adapter(model: Any, rank: int) -> Any:
    """Adapters on the upper layers alone: backward passes stop there, at half the time."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=list(LINEAR),
        layers_to_transform=list(range(LOWEST_LAYER, model.config.num_hidden_layers)),
        task_type="CAUSAL_LM",
    )  # fmt: skip
    return get_peft_model(model, config, autocast_adapter_dtype=True)


def training(rows: list[dict], seed: int) -> list[dict]:
    """Of each question the evidence that answers, and the most likely of what does not."""
    by_group = defaultdict(list)
    for row in rows:
        if not row["held_out"] and row["label"] is not None:
            by_group[row["source"], row["group"]].append(row)
    pick = random.Random(seed)
    chosen = []
    for found in by_group.values():
        chosen += [r for r in found if r["label"] == 1][:2]
        wrong = [r for r in found if r["label"] == 0]
        most = 1 if found[0]["source"] == "off topic" else MOST_NEGATIVES
        # The first is the hardest; another one keeps the easy ones in view.
        chosen += wrong[:1] + pick.sample(wrong[1:6], min(most - 1, len(wrong[1:6])))
    return chosen


def make_batches(rows: list[dict], tokenizer: Any, size: int, seed: int) -> list[list[tuple]]:
    """Batches of like length, in random order."""
    pick = random.Random(seed)
    pairs = [(encode(tokenizer, r["question"], r["above"], r["text"]), r["label"]) for r in rows]
    pick.shuffle(pairs)
    batches = []
    for at in range(0, len(pairs), size * 20):
        block = sorted(pairs[at : at + size * 20], key=lambda p: len(p[0]))
        batches += [block[i : i + size] for i in range(0, len(block), size)]
    pick.shuffle(batches)
    print(
        f"{len(pairs)} examples, {sum(label for _, label in pairs)} positive, "
        f"{sum(len(ids) for ids, _ in pairs):,} tokens, {len(batches)} batches"
    )
    return batches


def encode(tokenizer: Any, question: str, above: str, text: str) -> list[int]:
    ids: list[int] = tokenizer(judged(question, above, text), split_special_tokens=True)[
        "input_ids"
    ]
    return ids


def answer_ids(tokenizer: Any) -> tuple[int, int]:
    yes, no = (tokenizer(t, add_special_tokens=False)["input_ids"] for t in (JUDGED_YES, JUDGED_NO))
    assert len(yes) == len(no) == 1
    return yes[0], no[0]


def logits_of(model: Any, rows: list[list[int]], yes: int, no: int) -> torch.Tensor:
    """Logit of yes over no, one per row; padded on the left."""
    width = max(map(len, rows))
    ids = torch.tensor([[0] * (width - len(r)) + r for r in rows])
    mask = torch.tensor([[0] * (width - len(r)) + [1] * len(r) for r in rows])
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    # Two rows of the head are enough, and a vocabulary of 50,000 would take half of the time.
    base = model.get_base_model()
    last = base.model(
        input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False
    ).last_hidden_state[:, -1].float()  # fmt: skip
    head = base.lm_head.weight
    return last @ (head[yes].float() - head[no].float())


def train(
    model: Any, tokenizer: Any, batches: list[list[tuple]], *, rate: float, seconds: float
) -> None:
    """Go through the batches until the time is up, the rate falling to zero by then."""
    yes, no = answer_ids(tokenizer)
    weights = [p for p in model.parameters() if p.requires_grad]
    print(f"{sum(p.numel() for p in weights):,} trained weights")
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    model.train()
    started = time.monotonic()
    losses: list[float] = []
    step = 0
    while (spent := time.monotonic() - started) < seconds:
        batch = batches[step % len(batches)]
        part = max(spent / seconds, 1e-9)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 30) * 0.5 * (1 + math.cos(math.pi * part))
        logits = logits_of(model, [ids for ids, _ in batch], yes, no)
        wanted = torch.tensor([float(label) for _, label in batch])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        step += 1
        if step % 20 == 0:
            print(f"{step} steps, {spent:.0f} s, loss {np.mean(losses[-50:]):.3f}", flush=True)
    print(f"{step} steps, {step / len(batches):.2f} epochs, loss {np.mean(losses[-100:]):.3f}")


if __name__ == "__main__":
    main()
