"""The three Llama shapes of speed comparisons: their sizes, and their tensors in the order of the file."""

from dataclasses import dataclass

CONTEXT = 8192


@dataclass(frozen=True)
class Shape:
    layers: int
    width: int
    feed_forward: int
    heads: int
    key_value_heads: int
    vocabulary: int

    @property
    def key_value_width(self):
        return self.width // self.heads * self.key_value_heads

    def tensors(self):
        """Each tensor's name with its rows and columns; a vector has no rows (None). The output is the embedding."""
        yield "token_embd.weight", self.vocabulary, self.width
        for layer in range(self.layers):
            for name, rows, columns in (
                ("attn_norm", None, self.width),
                ("attn_q", self.width, self.width),
                ("attn_k", self.key_value_width, self.width),
                ("attn_v", self.key_value_width, self.width),
                ("attn_output", self.width, self.width),
                ("ffn_norm", None, self.width),
                ("ffn_gate", self.feed_forward, self.width),
                ("ffn_up", self.feed_forward, self.width),
                ("ffn_down", self.width, self.feed_forward),
            ):
                yield f"blk.{layer}.{name}.weight", rows, columns
        yield "output_norm.weight", None, self.width


SHAPES = {
    "1B": Shape(layers=16, width=2048, feed_forward=8192, heads=32, key_value_heads=8, vocabulary=32000),
    "100M": Shape(layers=16, width=640, feed_forward=1792, heads=10, key_value_heads=5, vocabulary=16384),
    "25M": Shape(layers=12, width=384, feed_forward=1024, heads=6, key_value_heads=6, vocabulary=8192),
}
