package dev.neostream.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.trainer.model.ModelConfig;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code config.json} as Hugging Face's LlamaForCausalLM reads it. */
final class HuggingFaceConfig {

  private static final ObjectMapper JSON = new ObjectMapper();

  private HuggingFaceConfig() {}

  static byte[] of(ModelConfig model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architectures", List.of("LlamaForCausalLM"));
    json.put("model_type", "llama");
    json.put("vocab_size", model.vocabSize());
    json.put("hidden_size", model.dModel());
    json.put("intermediate_size", model.ffnHidden());
    json.put("num_hidden_layers", model.nLayers());
    json.put("num_attention_heads", model.nHeads());
    json.put("num_key_value_heads", model.nKvHeads());
    json.put("head_dim", model.headDim());
    json.put("max_position_embeddings", model.maxSequence());
    json.put("rope_theta", model.ropeTheta());
    json.put("rms_norm_eps", model.rmsNormEps());
    json.put("hidden_act", "silu");
    json.put("attention_bias", false);
    json.put("mlp_bias", false);
    json.put("tie_word_embeddings", false);
    json.put("torch_dtype", "float32");
    return bytes(json);
  }

  /**
   * Returns the model that {@link #of} described.
   *
   * @throws IllegalArgumentException if a number is missing or out of range
   */
  static ModelConfig model(ObjectNode config) {
    return new ModelConfig(
        config.path("vocab_size").intValue(),
        config.path("hidden_size").intValue(),
        config.path("num_hidden_layers").intValue(),
        config.path("num_attention_heads").intValue(),
        config.path("num_key_value_heads").intValue(),
        config.path("head_dim").intValue(),
        config.path("intermediate_size").intValue(),
        config.path("max_position_embeddings").intValue(),
        config.path("rope_theta").doubleValue(),
        config.path("rms_norm_eps").doubleValue());
  }

  /**
   * Returns a checkpoint's {@code config.json} with all that LlamaForCausalLM has besides.
   *
   * @param end id that ends a document, in training all that stands before a first token
   */
  static byte[] exported(ObjectNode config, int end) {
    ObjectNode json = config.deepCopy();
    json.put("bos_token_id", end);
    json.put("eos_token_id", end);
    json.putNull("pad_token_id");
    json.putNull("rope_scaling");
    json.put("attention_dropout", 0.0);
    json.put("initializer_range", 0.02);
    json.put("pretraining_tp", 1);
    json.put("use_cache", true);
    return bytes(json);
  }

  /** Returns {@code generation_config.json}: likeliest token first, until a document ends. */
  static byte[] generation(int end) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bos_token_id", end);
    json.put("eos_token_id", end);
    json.put("pad_token_id", end);
    json.put("do_sample", false);
    return bytes(json);
  }

  private static byte[] bytes(Object json) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
