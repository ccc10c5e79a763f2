"""Writes the random Llamas that are missing from a folder and prints their paths.

Usage: write.py FOLDER SHAPE-FORMAT ...
"""

import os
import sys
import zlib
from pathlib import Path

import gguf
import numpy as np

from shapes import CONTEXT, SHAPES
from vocabulary import SPECIAL, vocabulary
from weights import FORMATS, matrix


def add_metadata(writer, name, shape, format):
    writer.add_name(f"Random Llama {name}")
    writer.add_file_type(gguf.LlamaFileType["ALL_F32" if format == "F32" else f"MOSTLY_{format}"])
    writer.add_vocab_size(shape.vocabulary)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_value_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(10000)


def add_tokenizer(writer, size):
    tokens, merges = vocabulary(size)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    ordinary = [gguf.TokenType.NORMAL] * (size - len(SPECIAL))
    writer.add_token_types(ordinary + [gguf.TokenType.CONTROL] * len(SPECIAL))
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_bos_token_id(tokens.index("<s>"))
    writer.add_eos_token_id(tokens.index("</s>"))
    writer.add_add_bos_token(False)


def tensor_bytes(random, format, rows, columns):
    """A norm is all ones, in F32."""
    return np.ones(columns, "<f4").view(np.uint8) if rows is None else matrix(random, format, rows, columns)


def write(path, name, shape, format):
    """Writes tensor after tensor, so that only one is in memory."""
    writer = gguf.GGUFWriter(path, "llama")
    add_metadata(writer, name, shape, format)
    add_tokenizer(writer, shape.vocabulary)
    type = gguf.GGMLQuantizationType[format]
    elements, bytes = gguf.GGML_QUANT_SIZES[type]
    for tensor, rows, columns in shape.tensors():
        if rows is None:
            writer.add_tensor_info(tensor, [columns], np.dtype("f4"), 4 * columns)
        else:
            row = columns // elements * bytes
            writer.add_tensor_info(tensor, [rows, row], np.dtype("u1"), rows * row, raw_dtype=type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(zlib.crc32(name.encode()))  # the name is the seed
    for _, rows, columns in shape.tensors():
        writer.write_tensor_data(tensor_bytes(random, format, rows, columns))
    writer.close()


def main():
    folder = Path(sys.argv[1])
    for name in sys.argv[2:]:
        shape, _, format = name.partition("-")
        if shape not in SHAPES or format not in FORMATS:
            expected = f"{'|'.join(SHAPES)}-{'|'.join(FORMATS)}"
            raise SystemExit(f"make-random-models: expected {expected}, found {name}")
        path = folder / f"{name}.gguf"
        if not path.exists():
            print(f"making {path.name}", file=sys.stderr)
            scratch = path.with_suffix(f".{os.getpid()}")
            write(scratch, name, SHAPES[shape], format)
            scratch.rename(path)
        print(path)


if __name__ == "__main__":
    main()
