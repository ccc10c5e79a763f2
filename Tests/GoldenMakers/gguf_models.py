"""Converts models between GGUF files and transformers, in float32.

The GGUF files of Llama, Mistral, SmolLM3 and Granite have the rows of attn_q and attn_k in the order of rotary pairs
(0, 1), (2, 3), ...; transformers rotates row i of a head with row i + half, and so do the GGUF files of other
architectures. Only this file has the two permutations.
"""

import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

import gguf_rope

# Other names than in transformers.
ARCHITECTURES = {"mistral": "llama", "gemma3_text": "gemma3"}
INTERLEAVED = {"llama", "mistral", "smollm3", "granite"}

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_qkv": "self_attn.qkv_proj",
    "attn_q": "self_attn.q_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k": "self_attn.k_proj",
    "attn_k_norm": "self_attn.k_norm",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
FUSED_NAMES = LAYER_NAMES | {"ffn_up": "mlp.gate_up_proj"}
GEMMA_NAMES = LAYER_NAMES | {
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}


def interleave(weight, heads):
    """Rows of each head from halves (transformers) to pairs (GGUF)."""
    return weight.reshape(heads, 2, -1, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def deinterleave(weight, heads):
    """Rows of each head from pairs (GGUF) to halves (transformers)."""
    return weight.reshape(heads, -1, 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def names(config):
    """The names in GGUF and in transformers of each tensor that a model may have, with the number of heads to permute its
    rows by (None: no permutation)."""
    yield "token_embd.weight", "model.embed_tokens.weight", None
    yield "output_norm.weight", "model.norm.weight", None
    if not config.tie_word_embeddings:
        yield "output.weight", "lm_head.weight", None
    heads = {}
    if config.model_type in INTERLEAVED:
        heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    layer_names = {"phi3": FUSED_NAMES, "gemma3_text": GEMMA_NAMES}.get(config.model_type, LAYER_NAMES)
    for layer in range(config.num_hidden_layers):
        for ours, theirs in layer_names.items():
            for kind in "weight", "bias":
                yield f"blk.{layer}.{ours}.{kind}", f"model.layers.{layer}.{theirs}.{kind}", heads.get(ours)


def load(path):
    """Reads a GGUF file of the architecture llama without rotary scaling, dequantized to float32."""
    reader = gguf.GGUFReader(path)

    def field(name):
        return reader.fields[f"llama.{name}"].contents()

    tensors = {tensor.name: tensor for tensor in reader.tensors}
    config = LlamaConfig(
        vocab_size=int(tensors["token_embd.weight"].shape[1]),
        hidden_size=field("embedding_length"),
        intermediate_size=field("feed_forward_length"),
        num_hidden_layers=field("block_count"),
        num_attention_heads=field("attention.head_count"),
        num_key_value_heads=field("attention.head_count_kv"),
        max_position_embeddings=field("context_length"),
        rms_norm_eps=field("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": field("rope.freq_base")},
        tie_word_embeddings="output.weight" not in tensors,
        bos_token_id=None,
        eos_token_id=None,
        attn_implementation="eager",
    )
    state = {}
    for ours, theirs, heads in names(config):
        if ours not in tensors:
            continue
        tensor = tensors[ours]
        weight = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        state[theirs] = torch.from_numpy((deinterleave(weight, heads) if heads else weight).copy())
    if config.tie_word_embeddings:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model = LlamaForCausalLM(config)
    model.load_state_dict(state)
    return model.float().eval()


def save(model, path, name):
    """Writes a model to a GGUF file in float32, as llama.cpp's converter lays it out, with no tokenizer."""
    config = model.config
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer = gguf.GGUFWriter(path, ARCHITECTURES.get(config.model_type, config.model_type))
    writer.add_name(name)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_vocab_size(config.vocab_size)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if config.model_type in INTERLEAVED:
        writer.add_rope_dimension_count(head_dim)
    elif config.model_type == "phi3":
        writer.add_rope_dimension_count(int(head_dim * config.rope_parameters["partial_rotary_factor"]))
    gguf_rope.write_metadata(writer, model)
    if head_dim * config.num_attention_heads != config.hidden_size:
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    write_windows(writer, config)
    if config.model_type == "granite":
        writer.add_embedding_scale(config.embedding_multiplier)
        writer.add_attention_scale(config.attention_multiplier)
        writer.add_residual_scale(config.residual_multiplier)
        writer.add_logit_scale(config.logits_scaling)
    elif config.model_type == "gemma3_text":
        writer.add_attention_scale(config.query_pre_attn_scalar**-0.5)  # layerskip's own use of the key
    writer.add_tokenizer_model("none")

    for tensor_name, values in gguf_rope.tensors(config):
        writer.add_tensor(tensor_name, values)
    state = model.state_dict()
    for ours, theirs, heads in names(config):
        if theirs not in state:
            continue
        weight = state[theirs].numpy().astype(np.float32)
        if config.model_type == "gemma3_text" and theirs.endswith("norm.weight"):
            weight = 1 + weight
        writer.add_tensor(ours, np.ascontiguousarray(interleave(weight, heads) if heads else weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_windows(writer, config):
    """Sets the size of the sliding window and the layers that have it. For Mistral, Qwen 2, Qwen 3 and SmolLM3, these keys
    are layerskip's own: llama.cpp does not read them."""
    if not getattr(config, "sliding_window", None):
        return
    writer.add_sliding_window(config.sliding_window)
    kinds = getattr(config, "layer_types", None)
    if kinds and config.model_type not in ("mistral", "phi3"):
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in kinds])


def logits(model, tokens):
    """The logits after each token: [tokens, vocabulary]."""
    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0]


def greedy(model, tokens, count, margin):
    """The next `count` tokens, each the most likely by at least `margin`, so that rounding cannot change them."""
    with torch.no_grad():
        output = model(torch.tensor([tokens]), use_cache=True)
        chosen = []
        while True:
            best = output.logits[0, -1].topk(2)
            if best.values[0] - best.values[1] < margin:
                raise ValueError(f"token {len(chosen)} leads by only {best.values[0] - best.values[1]:.4f}")
            chosen.append(int(best.indices[0]))
            if len(chosen) == count:
                return chosen
            output = model(torch.tensor([chosen[-1:]]), past_key_values=output.past_key_values, use_cache=True)


def write_floats(path, values):
    np.asarray(values, dtype="<f4").tofile(path)
