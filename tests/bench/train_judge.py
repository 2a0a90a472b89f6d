"""Train the judge: a low-rank adapter of the shipped language model (Hu et al., LoRA, 2021).

    python -m tests.bench.judge_examples DATA --out examples.jsonl
    python -m tests.bench.train_judge examples.jsonl --out rag/judge

The model reads a question and a text, one sentence or a whole reply, and says yes or no: does the
text answer the question? Trained with binary cross-entropy on the difference of the two tokens'
logits; where the answer is known and short, the model also learns to go on with it, which teaches
it to look for the answer and not for words that are alike.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from rag.devices import best_dtype
from rag.models import locate
from rag.prompts import JUDGED_NO, JUDGED_YES, judged
from tests.bench.judge_examples import read_rows
from tests.bench.judge_facts import facts
from tests.bench.judge_rows import Lesson, lessons

LOWEST_LAYER = 12
WEIGHT_ANSWER = 0.2
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="go on from this adapter")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--passes", type=int, default=1, help="each with lessons drawn anew")
    parser.add_argument("--facts", type=int, default=0, help="plain statements, two lessons each")
    parser.add_argument("--minutes", type=float, default=40, help="the schedule ends here")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    model, tokenizer = load_base()
    rows = read_rows(args.examples)
    drawn = [x for i in range(args.passes) for x in lessons(rows, args.seed + i)]
    drawn += facts(args.facts, args.seed)
    learned = [encode(tokenizer, lesson) for lesson in drawn]
    model = with_adapter(model, args.rank) if args.start is None else going_on(model, args.start)
    batches = make_batches(learned, args.batch, args.seed)
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
        folder, dtype=best_dtype("cpu"), local_files_only=True,
        attn_implementation="eager",  # a tenth faster than sdpa for short texts on a CPU
    )  # fmt: skip
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


def going_on(model: Any, adapter: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(
        model, str(adapter), is_trainable=True, local_files_only=True, autocast_adapter_dtype=True
    )


@dataclass(frozen=True)
class Encoded:
    """A lesson as tokens: the prompt, then yes and, where it is known, the answer and its end."""

    prompt: list[int]
    answer: list[int]
    label: int


def make_batches(learned: Sequence[Encoded], size: int, seed: int) -> list[list[Encoded]]:
    """Batches of like length, in random order."""
    pick = random.Random(seed)
    rows = list(learned)
    pick.shuffle(rows)
    batches = []
    for at in range(0, len(rows), size * 20):
        block = sorted(rows[at : at + size * 20], key=lambda r: len(r.prompt) + len(r.answer))
        batches += [block[i : i + size] for i in range(0, len(block), size)]
    pick.shuffle(batches)
    tokens = sum(len(r.prompt) + len(r.answer) for r in rows)
    print(
        f"{len(rows)} lessons, {sum(r.label for r in rows)} positive, {tokens:,} tokens, "
        f"{len(batches)} batches",
        flush=True,
    )
    return batches


def encode(tokenizer: Any, lesson: Lesson) -> Encoded:
    yes, _ = answer_ids(tokenizer)
    prompt = _ids(tokenizer, judged(lesson.question, lesson.above, lesson.text))
    answer = [yes, *_ids(tokenizer, f": {lesson.answer}\n")] if lesson.answer else []
    return Encoded(prompt, answer, lesson.label)


def _ids(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, split_special_tokens=True)["input_ids"]
    return ids


def answer_ids(tokenizer: Any) -> tuple[int, int]:
    yes, no = (tokenizer(t, add_special_tokens=False)["input_ids"] for t in (JUDGED_YES, JUDGED_NO))
    assert len(yes) == len(no) == 1
    return yes[0], no[0]


def losses(
    model: Any, batch: Sequence[Encoded], yes: int, no: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Loss of the verdicts, and of the answers' tokens."""
    rows = [r.prompt + r.answer for r in batch]
    width = max(map(len, rows))
    # Padded on the right, where a causal model never looks: no mask is needed.
    ids = torch.tensor([r + [0] * (width - len(r)) for r in rows])
    base = model.get_base_model()
    states = base.model(input_ids=ids, use_cache=False).last_hidden_state
    head = base.lm_head.weight
    ends = states[range(len(batch)), [len(r.prompt) - 1 for r in batch]].float()
    # Two rows of the head are enough, and a vocabulary of 50,000 would take half of the time.
    logits = ends @ (head[yes].float() - head[no].float())
    wanted = torch.tensor([float(r.label) for r in batch])
    verdict = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted)
    at = [(i, len(r.prompt) + k) for i, r in enumerate(batch) for k in range(len(r.answer) - 1)]
    if not at:
        return verdict, torch.zeros(())
    said = [token for r in batch for token in r.answer[1:]]
    spoken = states[[i for i, _ in at], [k for _, k in at]] @ head.T
    return verdict, torch.nn.functional.cross_entropy(spoken.float(), torch.tensor(said))


def train(
    model: Any, tokenizer: Any, batches: list[list[Encoded]], *, rate: float, seconds: float
) -> None:
    """Go through the batches until the time is up, the rate falling to zero by then."""
    yes, no = answer_ids(tokenizer)
    weights = [p for p in model.parameters() if p.requires_grad]
    print(f"{sum(p.numel() for p in weights):,} trained weights")
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    model.train()
    started = time.monotonic()
    seen: list[tuple[float, float]] = []
    while (spent := time.monotonic() - started) < seconds:
        batch = batches[len(seen) % len(batches)]
        warm = min(1.0, (len(seen) + 1) / 30)
        for group in optimizer.param_groups:
            group["lr"] = rate * warm * 0.5 * (1 + math.cos(math.pi * spent / seconds))
        verdict, answer = losses(model, batch, yes, no)
        (verdict + WEIGHT_ANSWER * answer).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen.append((verdict.item(), answer.item()))
        if len(seen) % 20 == 0:
            print(f"{len(seen)} steps, {spent:.0f} s, {_recent(seen, 50)}", flush=True)
    print(f"{len(seen)} steps, {len(seen) / len(batches):.2f} epochs, {_recent(seen, 100)}")


def _recent(seen: Sequence[tuple[float, float]], count: int) -> str:
    verdict, answer = np.mean(seen[-count:], axis=0)
    return f"loss {verdict:.3f}, of answers {answer:.3f}"


if __name__ == "__main__":
    main()
