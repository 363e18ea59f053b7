package dev.neostream.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.trainer.model.ModelConfig;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code config.json} of Hugging Face's LlamaForCausalLM: as it reads it, and read. */
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
   * Returns the model of a {@code config.json} that others wrote; what is left out has the value
   * that LlamaConfig gives it.
   *
   * @throws IllegalArgumentException if it is not a Llama as {@link ModelConfig} describes one,
   *     naming the entry
   */
  static ModelConfig imported(ObjectNode config) {
    require(config, "architectures", List.of("LlamaForCausalLM"), null);
    require(config, "model_type", "llama", null);
    require(config, "hidden_act", "silu", "silu");
    require(config, "attention_bias", false, false);
    require(config, "mlp_bias", false, false);
    require(config, "rope_scaling", null, null);
    require(config, "partial_rotary_factor", 1.0, 1.0);
    require(config, "quantization_config", null, null);
    JsonNode rope = config.path("rope_parameters"); // where transformers 5 keeps what follows
    if (rope instanceof ObjectNode parameters) {
      require(parameters, "rope_type", "default", "default");
    }
    double theta = number(config, "rope_theta", number(rope, "rope_theta", 10_000.0));
    int width = integer(config, "hidden_size", null);
    int heads = integer(config, "num_attention_heads", null);
    if (config.path("head_dim").isMissingNode() && (heads < 1 || width % heads != 0)) {
      throw new IllegalArgumentException(
          "num_attention_heads must divide hidden_size where there is no head_dim:"
              + " num_attention_heads=%d, hidden_size=%d".formatted(heads, width));
    }
    return new ModelConfig(
        integer(config, "vocab_size", null),
        width,
        integer(config, "num_hidden_layers", null),
        heads,
        integer(config, "num_key_value_heads", heads),
        config.path("head_dim").isMissingNode() ? width / heads : integer(config, "head_dim", null),
        integer(config, "intermediate_size", null),
        integer(config, "max_position_embeddings", 2048),
        theta,
        number(config, "rms_norm_eps", 1e-6));
  }

  /**
   * @param value what the entry must be
   * @param absent what it is where it is left out or null
   */
  private static void require(ObjectNode config, String key, Object value, Object absent) {
    JsonNode given = config.path(key);
    JsonNode wanted = JSON.valueToTree(value);
    boolean left = given.isMissingNode() || given.isNull();
    if (left ? !Objects.equals(value, absent) : !given.equals(wanted)) {
      throw new IllegalArgumentException(
          "%s must be %s, the model has nothing else: %s=%s".formatted(key, wanted, key, given));
    }
  }

  /**
   * @param absent what the entry is where it is left out or null; null where it must be there
   */
  private static int integer(ObjectNode config, String key, Integer absent) {
    JsonNode given = config.path(key);
    if (absent != null && (given.isMissingNode() || given.isNull())) {
      return absent;
    }
    if (!given.isInt()) {
      throw new IllegalArgumentException(key + " must be a whole number: " + key + "=" + given);
    }
    return given.intValue();
  }

  private static double number(JsonNode config, String key, double absent) {
    JsonNode given = config.path(key);
    if (given.isMissingNode() || given.isNull()) {
      return absent;
    }
    if (!given.isNumber()) {
      throw new IllegalArgumentException(key + " must be a number: " + key + "=" + given);
    }
    return given.doubleValue();
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
