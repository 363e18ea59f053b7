package dev.neostream.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.trainer.model.ModelConfig;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code config.json} as Hugging Face's LlamaForCausalLM reads it. */
final class HuggingFaceConfig {

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
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
