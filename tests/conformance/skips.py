# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Every upstream test that may be skipped, and why: each skip is inherent to the model or to the machine.

A skip that no entry allows fails, with upstream's words; so does a test that ran although an entry says it cannot.
Entries about the machine (no GPU, a package that is not installed) are lifted by another machine and may run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .cases import Case


def always(case: Case) -> bool:
    """Hold in every case."""
    return True


def without_attention(case: Case) -> bool:
    """Hold for the recurrent and the convolutional models."""
    return case.family.startswith(("recurrent", "convolutional"))


def transformer(case: Case) -> bool:
    """Hold for the transformer encoders."""
    return case.family.startswith("transformer")


def letters(case: Case) -> bool:
    """Hold for models that read the letters of their tokens."""
    return case.letters


def wide(case: Case) -> bool:
    """Hold for models with a bag of n-grams beside them."""
    return case.family == "recurrent_wide"


def embeds_events(case: Case) -> bool:
    """Models whose input module is an embedding beside a projection."""
    return "num_events" in case.settings


def two_parts(case: Case) -> bool:
    """Hold for models whose labels have weights of a linear part, too."""
    return wide(case) or "statistics" in case.settings


def numeric(case: Case) -> bool:
    """Hold for models of numbers in place of tokens."""
    return case.numeric


def with_encoder(case: Case) -> bool:
    """Hold where the encoder is among the classes that the case is run on."""
    return "Model" in case.heads


def head_only(case: Case) -> bool:
    """Hold where the encoder is not among the classes: cases with it run the tests that are about it alone."""
    return not with_encoder(case)


def not_causal(case: Case) -> bool:
    """Hold where nothing predicts the next token."""
    return "ForCausalLM" not in case.heads


def writes(case: Case) -> bool:
    """Hold for the encoder-decoders."""
    return "ForConditionalGeneration" in case.heads


def not_writing(case: Case) -> bool:
    """Hold for all others."""
    return not writes(case)


def in_clusters(case: Case) -> bool:
    """Hold for language models whose head scores in clusters."""
    return "adaptive_softmax_cutoffs" in case.settings


def generates(case: Case) -> bool:
    """Hold for the classes that have `generate()`."""
    return case.heads[-1] in ("ForCausalLM", "ForConditionalGeneration")


@dataclass(frozen=True)
class Skip:
    """Tests that match `tests` are skipped with the words `said` in the cases where it holds."""

    tests: str
    said: str
    reason: str
    holds: Callable[[Case], bool] = always
    machine: bool = False
    since: str = "5.20"  # the first version of transformers that has the test
    until: str = "6"  # the first that has it no more

    def covers(self, case: Case, test: str) -> bool:
        """Whether this entry speaks of that test of that case."""
        return fnmatchcase(test, self.tests) and self.holds(case)


NO_SELF_ATTENTION = "a recurrent or convolutional model has no self-attention"
NO_LETTERS = "embeddings have no letters to read"
TWO_PARTS = "a label has weights in both parts, and the test expects those of the last linear layer alone to differ"
BOOLEAN_BUFFER = "upstream compares a buffer of bool by calling the state dict, which no dict can be"
NO_TOKENS = "numeric input has no token embedding"
NO_ROTARY_SCALING = "positions are counted without a base to scale: rotary angles have no `rope_parameters` here"
NOT_COMPOSITE = "one config, no sub-configs"
NO_EXPERTS = "no mixture of experts"
NO_DECODER = "no encoder-decoder"
NO_PROMPT = "an encoder-decoder writes a target, not the rest of a prompt; test_seq2seq.py has it learn by heart"
TWO_KINDS_OF_STATES = "states are called encoder_hidden_states and decoder_hidden_states"
CLUSTERS = "a head that scores in clusters shares no weights; tests/models/test_adaptive_head.py has it refuse to"
NO_GENERATION_TESTS = "the archive leaves tests/generation out; tests/models/test_generation.py stands for it"
NOT_CAUSAL = "no head that predicts what comes next"
NO_CONVERSION = "no older checkpoints whose weight names would need converting"
NO_PLAN = "a model of a few megabytes is not split over machines"
NO_GPU = "needs an accelerator"
BOTH_NAMES = "both names of the state are taken, without a warning; tests/models/test_state_names.py says so"
ONE_INPUT = "text or numbers alone, no picture beside them"

ALLOWED = [
    # the machine
    Skip("test_can_load_with_device_context_manager", "requires accelerator", NO_GPU, machine=True),
    Skip("test_can_load_with_global_device_set", "requires accelerator", NO_GPU, machine=True),
    Skip("test_cpu_offload", "requires accelerator", NO_GPU, machine=True),
    Skip("test_disk_offload_*", "requires accelerator", NO_GPU, machine=True),
    Skip("test_flex_attention_with_grads", "requires accelerator", NO_GPU, machine=True),
    Skip("test_sdpa_can_compile_dynamic", "requires accelerator", NO_GPU, machine=True),
    Skip("test_sdpa_can_dispatch_on_flash", "requires accelerator", NO_GPU, machine=True),
    Skip("test_torch_compile_for_training", "test is slow", "slow upstream because " + NO_GPU, machine=True),
    Skip("test_model_parallelism", "requires multiple accelerators", "needs two accelerators", machine=True),
    Skip("test_flash_attn_[234]_*", "requires Flash Attention", "flash attention runs on GPUs only", machine=True),
    Skip("test_flash_attn_kernels_inference_*", "requires the kernels library", NO_GPU, machine=True),
    Skip("test_flash_attn_kernels_mps_*", "requires MPS", "needs an Apple GPU", machine=True),
    Skip("test_kernels_can_load_*", "requires the kernels library", NO_GPU, machine=True),
    Skip("test_resize_*_with_deepspeed*", "requires deepspeed", "deepspeed runs on GPUs only", machine=True),
    # every class
    Skip("test_keep_in_fp32_modules*", "has no _keep_in_fp32_modules", "every module works in half precision"),
    Skip("test_keep_in_fp32_modules_strict_*", "No `_keep_in_fp32_modules_strict`", "as above", since="5.24"),
    Skip("test_internal_model_config_and_subconfig_are_same", "No subconfigs", NOT_COMPOSITE),
    Skip("test_can_set_attention_dynamically_composite_model", "not composite", NOT_COMPOSITE),
    Skip("test_causal_lm_loss_honors_shift_labels", "No decoder-only language", NOT_CAUSAL, not_causal),
    Skip("test_encoder_decoder_loss_no_double_shift", "No sequence-to-sequence language", NO_DECODER, not_writing),
    Skip("test_model_rope_scaling_*", "does not support RoPE scaling", NO_ROTARY_SCALING, with_encoder),
    Skip("test_model_rope_with_partial_rotation", "does not have RoPE", NO_ROTARY_SCALING, with_encoder),
    Skip("test_vision_axial_rope", "no axial RoPE layer", "sequences have one axis", with_encoder),
    Skip("test_model_rope_*", "no `base_model_class`", NO_ROTARY_SCALING, head_only),
    Skip("test_vision_axial_rope", "no `base_model_class`", "sequences have one axis", head_only),
    Skip("test_moe_models_record_router_logits", "no sparse experts", NO_EXPERTS),
    Skip("test_output_router_logits_from_config", "no `output_router_logits`", NO_EXPERTS),
    Skip("test_eager_matches_batched_and_grouped_inference_*", "does not support grouped_mm", NO_EXPERTS),
    Skip("test_can_load_from_already_mapped_keys", "No conversion found", NO_CONVERSION),
    Skip("test_reverse_loading_mapping", "No conversion found", NO_CONVERSION),
    Skip("test_tied_head_has_a_tp_plan_entry", "does not have a TP plan", NO_PLAN, until="5.24"),
    Skip("test_tp_plan_matches_params", "does not have a TP plan", NO_PLAN),
    Skip(
        "test_resize_position_vector_embeddings",
        "does not have position embeddings",
        "the models count positions or have none; a learned table ends where its training ended",
    ),
    Skip("test_bc_cache_name_forward", BOTH_NAMES, BOTH_NAMES, since="5.24"),
    Skip(
        "test_multimodal_outputs_are_returned", "does not output attentions", ONE_INPUT, without_attention, since="5.24"
    ),
    Skip("test_generation_tester_mixin_inheritance", NO_GENERATION_TESTS, NO_GENERATION_TESTS, generates),
    # recurrent and convolutional models
    Skip("test_attention_outputs", "does not output attentions", NO_SELF_ATTENTION, without_attention),
    Skip(
        "test_attn_implementation_composite_models", "does not support attentions", NO_SELF_ATTENTION, without_attention
    ),
    Skip("test_can_set_attention_dynamically", "don't support sdpa", NO_SELF_ATTENTION, without_attention),
    Skip("test_eager_matches_sdpa_inference_*", "does not support attentions", NO_SELF_ATTENTION, without_attention),
    Skip(
        "test_sdpa_can_dispatch_*composite_models", "does not support attentions", NO_SELF_ATTENTION, without_attention
    ),
    Skip("test_sliding_window_mask", "does not support output_attentions", NO_SELF_ATTENTION, without_attention),
    # transformer encoders
    Skip("test_attn_implementation_composite_models", "not a composite model", NOT_COMPOSITE, transformer),
    Skip("test_sdpa_can_dispatch_composite_models", "does not support SDPA", NOT_COMPOSITE, transformer),
    Skip("test_sliding_window_mask", "support sliding window", "every step sees the whole sequence", transformer),
    # encoder-decoders
    Skip("test_can_capture_specific_layers_hidden_states", "uses another name", TWO_KINDS_OF_STATES, writes),
    Skip("test_training_overfit", NO_PROMPT, NO_PROMPT, writes),
    # language models
    Skip("test_tied_weights_keys", CLUSTERS, CLUSTERS, in_clusters),
    # letters of tokens
    Skip("test_inputs_embeds*", NO_LETTERS, NO_LETTERS, letters),
    # n-grams
    Skip("test_inputs_embeds_matches_input_ids", NO_LETTERS, NO_LETTERS, wide),
    Skip("test_can_load_ignoring_mismatched_shapes", TWO_PARTS, TWO_PARTS, two_parts),
    Skip("test_torch_save_load", BOOLEAN_BUFFER, BOOLEAN_BUFFER, wide),
    Skip(
        "test_enable_input_require_grads_with_gradient_checkpointing",
        "No model with a differentiable loss was available",
        "events are embedded by two weights, and the test looks at one named weight",
        embeds_events,
    ),
    # numeric input
    Skip("test_resize_tokens_embeddings", "test_resize_embeddings", NO_TOKENS, numeric),
    Skip("test_resize_embeddings_untied*", "test_resize_embeddings", NO_TOKENS, numeric),
    Skip("test_model_get_set_embeddings", NO_TOKENS, NO_TOKENS, numeric),
    Skip("test_inputs_embeds*", NO_TOKENS, NO_TOKENS, numeric),
    Skip("test_load_with_mismatched_shapes", NO_TOKENS, "it changes the vocabulary; " + NO_TOKENS, numeric),
]


def complaint(case: Case, test: str, said: str | None) -> str | None:
    """Say what is wrong with a test's outcome, or None.

    Args:
        case: the configuration tested.
        test: name of the upstream test.
        said: the words of the skip, or None when the test ran.
    """
    entries = [entry for entry in ALLOWED if entry.covers(case, test)]
    if said is None:
        listed = [entry.reason for entry in entries if not entry.machine]
        return f"{case.name}: {test} ran, though skips.py says: {listed[0]}; take the entry out" if listed else None
    if any(entry.said in said for entry in entries):
        return None
    return f"{case.name}: {test} was skipped with the words {said!r}, which skips.py does not allow"
