"""Weights of a causal language model in memory; the only file that imports transformers."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.adapters import merged
from rag.batching import plan
from rag.devices import best_device, best_dtype
from rag.errors import GenerationError, ModelError
from rag.model_files import context_tokens, reason, stay_offline
from rag.prompts import without_system
from rag.protocols import Messages
from rag.streaming import THINK_CLOSE, THINK_OPEN

if TYPE_CHECKING:
    import torch

_ROLES = {"system": "Instructions", "user": "Question", "assistant": "Answer"}
_LOAD_FAILURES = (ImportError, LookupError, OSError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class CausalModel:
    """Weights and tokenizer; one thread at a time, inside ``torch.inference_mode``.

    Attributes:
        context_tokens: Most tokens that the model reads, prompt and reply together.
        end_ids: Tokens that end a reply.
        hidden_ids: Control tokens that are not part of a reply's text.
    """

    model: Any
    tokenizer: Any
    context_tokens: int
    end_ids: frozenset[int]
    hidden_ids: frozenset[int]

    def text_ids(self, text: str, *, begin: bool = False) -> list[int]:
        """Tokens of raw text; control tokens in it are plain text."""
        ids = self.tokenizer(text, add_special_tokens=begin, split_special_tokens=True)["input_ids"]
        if begin and not ids:
            # The first token of a continuation needs something before it.
            ids = [self.tokenizer.bos_token_id or self.tokenizer.eos_token_id or 0]
        return list(ids)

    def chat_ids(self, messages: Messages) -> list[int]:
        """Tokens of a chat, up to where the reply begins."""
        if not self.tokenizer.chat_template:
            turns = "".join(f"{_ROLES[role]}: {text}\n\n" for role, text in messages)
            return self.text_ids(f"{turns}{_ROLES['assistant']}:", begin=True)
        from jinja2 import TemplateError

        try:
            return self._rendered(messages)
        except TemplateError:
            # Some models know no instructions apart from the question.
            return self._rendered(without_system(messages))

    def _rendered(self, messages: Messages) -> list[int]:
        encoded = self.tokenizer.apply_chat_template(
            [{"role": role, "content": text} for role, text in messages],
            add_generation_prompt=True,
            sanitize_control_tokens=True,
            enable_thinking=False,
        )
        return list(encoded["input_ids"])

    def decode(self, ids: list[int]) -> str:
        """Text of tokens, control tokens included."""
        text: str = self.tokenizer.decode(ids, clean_up_tokenization_spaces=False)
        return text

    def opens_thought(self, prompt: list[int]) -> bool:
        """Whether a prompt ends inside a block of reasoning."""
        return self.decode(prompt[-8:]).rstrip().endswith(THINK_OPEN)

    def check_length(self, prompt_tokens: int, new_tokens: int) -> None:
        """Refuse what does not fit; cutting it would drop instructions or evidence unseen."""
        if prompt_tokens + new_tokens > self.context_tokens:
            raise GenerationError(
                f"The prompt has {prompt_tokens} tokens and {new_tokens} more are wanted; "
                f"the model reads {self.context_tokens}.",
                hint="Ask a shorter question, or lower evidence.max_sentences in config.yaml.",
                code="prompt_long", detail=f"{prompt_tokens + new_tokens} > {self.context_tokens}",
            )  # fmt: skip

    def new_cache(self) -> Any:  # noqa: ANN401
        """What the model remembers of the tokens that it has read."""
        from transformers import DynamicCache

        return DynamicCache(config=self.model.config)

    def can_forget(self, cache: Any) -> bool:  # noqa: ANN401
        """Whether the last tokens can be taken back; sliding windows have dropped older ones."""
        from transformers.cache_utils import DynamicLayer

        return all(type(layer) is DynamicLayer for layer in cache.layers)

    def _copied(self, cache: Any) -> Any:  # noqa: ANN401
        """A cache to read on from; plain layers put new tensors in the place of theirs."""
        if not self.can_forget(cache):
            return deepcopy(cache)
        found = copy(cache)
        found.layers = [copy(layer) for layer in cache.layers]
        return found

    def next_tokens(self, ids: list[int], cache: Any, *, keep: int) -> list[int]:  # noqa: ANN401
        """Read tokens; the likeliest token after each of the last ``keep`` of them."""
        logits = self._logits([ids], past_key_values=cache, use_cache=True, logits_to_keep=keep)
        values, tokens = logits[0].max(dim=-1)
        if bool(values.isnan().any()):
            raise GenerationError("The model computed no number (NaN) where a score should be.")
        best: list[int] = tokens.tolist()
        return best

    def preference(self, prompts: Sequence[list[int]], yes: int, no: int) -> list[float]:
        """Logit of one next token over another after each prompt.

        What prompts begin with is read once; see `rag.batching`.
        """
        for prompt in prompts:
            self.check_length(len(prompt), 1)
        # Two rows of the head are enough; all 50,000 take as long as ten layers.
        head = self.model.get_output_embeddings().weight
        direction = head[yes].float() - head[no].float()
        found = [0.0] * len(prompts)
        for reading in plan(prompts):
            begins = reading.begins
            cache = self.new_cache()
            if begins:
                self._states([prompts[reading.batches[0][0]][:begins]], cache)
            for batch in reading.batches:
                rows = [prompts[i][begins:] for i in batch]
                read = self._copied(cache)
                if begins:
                    read.batch_repeat_interleave(len(rows))
                states = self._states(rows, read)
                ends = states[range(len(rows)), [len(row) - 1 for row in rows]]
                for i, value in zip(batch, (ends.float() @ direction).tolist(), strict=True):
                    found[i] = _number(value)
        return found

    def _states(self, rows: Sequence[list[int]], cache: Any) -> torch.Tensor:  # noqa: ANN401
        """Last hidden states. Padded on the right, where a causal model never looks: no mask."""
        import torch

        width = max(map(len, rows))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        read = self.model.base_model(
            input_ids=ids.to(self.model.device), past_key_values=cache, use_cache=True
        )
        states: torch.Tensor = read.last_hidden_state
        return states

    def _logits(self, ids: Sequence[list[int]], **options: Any) -> torch.Tensor:  # noqa: ANN401
        import torch

        rows = torch.tensor(ids, device=self.model.device)
        logits: torch.Tensor = self.model(input_ids=rows, **options).logits
        return logits

    @classmethod
    def load(
        cls, folder: Path, *, device: str, dtype: str, adapter: Path | None = None
    ) -> CausalModel:
        """Load a local folder.

        Args:
            adapter: Folder of a low-rank adapter (LoRA) that is merged into the weights.
            device: "auto" for a GPU when there is one, or a name that torch knows.
            dtype: "auto" for bfloat16 where the device computes in it, or a name of torch.

        Raises:
            ModelError: If it cannot be loaded.
        """
        stay_offline()
        import torch
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM, AutoTokenizer

        place = best_device() if device == "auto" else device
        kind = best_dtype(place) if dtype == "auto" else getattr(torch, dtype)
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(
                str(folder), dtype=kind, local_files_only=True, use_safetensors=True
            )
            model = (model if adapter is None else merged(model, adapter)).to(place)
        except (*_LOAD_FAILURES, SafetensorError) as exc:
            raise ModelError(f"The model in {folder} cannot be loaded: {reason(exc)}.") from exc
        thoughts = {tokenizer.convert_tokens_to_ids(tag) for tag in (THINK_OPEN, THINK_CLOSE)}
        return cls(
            model=model,
            tokenizer=tokenizer,
            context_tokens=context_tokens(folder),
            end_ids=_end_ids(model, tokenizer),
            hidden_ids=frozenset(set(tokenizer.all_special_ids) - thoughts),
        )


def convert_gguf(file: Path, folder: Path) -> None:
    """Save a GGUF file as a folder of bfloat16 safetensors with its tokenizer and chat template.

    Reading a GGUF takes 20 s each time; the folder loads in about one.

    Raises:
        ModelError: If the file cannot be read or written.
    """
    stay_offline()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source = str(file.parent)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=file.name)
        read = AutoModelForCausalLM.from_pretrained(
            source, gguf_file=file.name, dtype=torch.float32
        )
        # What was read from GGUF refuses to be saved; a fresh model with its weights does not.
        values = {k: v for k, v in read.config.to_dict().items() if k != "quantization_config"}
        model: Any = type(read)(type(read.config)(**values))
        model = model.to(torch.bfloat16)
        model.load_state_dict(read.state_dict())
        model.generation_config = read.generation_config
        model.save_pretrained(str(folder))
        tokenizer.save_pretrained(str(folder))
    except _LOAD_FAILURES as exc:
        raise ModelError(f"{file.name} cannot be converted: {reason(exc)}.") from exc


def _number(value: float) -> float:
    if value != value:
        raise GenerationError("The model computed no number (NaN) where a score should be.")
    return value


def _end_ids(model: Any, tokenizer: Any) -> frozenset[int]:  # noqa: ANN401
    found: set[int] = set()
    for owner in (model.generation_config, model.config, tokenizer):
        ids = owner.eos_token_id
        found |= set(ids) if isinstance(ids, list) else {ids}
    return frozenset(found - {None})
