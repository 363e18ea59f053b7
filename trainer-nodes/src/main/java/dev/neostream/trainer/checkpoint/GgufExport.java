package dev.neostream.trainer.checkpoint;

import dev.neostream.checkpoint.format.Gguf;
import dev.neostream.checkpoint.format.GgufTensor;
import dev.neostream.checkpoint.format.GgufType;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.AtomicFolder;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.trainer.model.FlatLayout;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Writes a checkpoint as a GGUF file, which llama.cpp and what is built on it run: weights,
 * tokenizer and shape in one. The architecture is {@code llama}.
 *
 * <p>As llama.cpp's own converter does:
 *
 * <ul>
 *   <li>Norm weights stay fp32 whatever the type; a matrix whose rows are no multiple of q8_0's
 *       blocks is f16 in a q8_0 file.
 *   <li>Rows of q and k change places. Here, as in Hugging Face's Llama, rotary positions turn the
 *       pairs (j, j + H/2) of a head; in the architecture they turn neighbours (2j, 2j + 1). The
 *       same change on both leaves every product of q and k as it was.
 * </ul>
 */
public final class GgufExport {

  private static final String ARCHITECTURE = "llama";

  /** Version of ggml's quantized blocks. */
  private static final int QUANTIZATION_VERSION = 2;

  private static final Map<String, String> NAMES =
      Map.of(
          "input_layernorm", "attn_norm",
          "self_attn.q_proj", "attn_q",
          "self_attn.k_proj", "attn_k",
          "self_attn.v_proj", "attn_v",
          "self_attn.o_proj", "attn_output",
          "post_attention_layernorm", "ffn_norm",
          "mlp.gate_proj", "ffn_gate",
          "mlp.up_proj", "ffn_up",
          "mlp.down_proj", "ffn_down");

  private GgufExport() {}

  /** Returns what the file of a type is called. */
  public static String file(GgufType type) {
    return "model-" + type.name().toLowerCase(Locale.ROOT) + ".gguf";
  }

  /**
   * Makes a folder with the file, whole or not at all.
   *
   * @param name what people call the model
   * @param type of the matrices
   * @param out the folder
   * @throws FileAlreadyExistsException if there is something at its place but an empty folder
   * @throws IllegalArgumentException if the type cannot hold a value or the format a piece
   * @throws IOException if a file of the checkpoint is missing, damaged or not what a run writes,
   *     or the folder cannot be written
   */
  public static void write(Stored checkpoint, String name, GgufType type, Path out)
      throws IOException {
    StoredModel model = StoredModel.read(checkpoint);
    checkpoint.verify(StoredCheckpoints.MODEL);
    List<Tensor> tensors =
        ModelTensors.inOrder(
            new FlatLayout(model.config()),
            checkpoint.tensors(StoredCheckpoints.MODEL),
            checkpoint.file(StoredCheckpoints.MODEL));
    List<GgufTensor> converted = new ArrayList<>();
    for (Tensor tensor : tensors) {
      converted.add(converted(tensor, model.config(), type));
    }
    Map<String, Object> metadata = metadata(model, name, type);
    AtomicFolder.write(out, folder -> Gguf.write(folder.resolve(file(type)), metadata, converted));
  }

  private static GgufTensor converted(Tensor tensor, ModelConfig config, GgufType type) {
    List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
    Supplier<FloatBuffer> values = () -> values(tensor);
    if (tensor.name().endsWith("q_proj.weight") || tensor.name().endsWith("k_proj.weight")) {
      values = () -> pairsTogether(values(tensor), config);
    }
    return new GgufTensor(name(tensor.name()), held(shape, type), shape, values);
  }

  private static GgufType held(List<Long> shape, GgufType type) {
    if (shape.size() == 1) {
      return GgufType.F32;
    }
    return shape.get(1) % type.blockValues() == 0 ? type : GgufType.F16;
  }

  private static FloatBuffer values(Tensor tensor) {
    FloatBuffer values = FloatBuffer.allocate(tensor.data().remaining() / Float.BYTES);
    tensor.copyFloats(values);
    return values.flip();
  }

  /** Puts row j + H/2 of every head behind row j. */
  private static FloatBuffer pairsTogether(FloatBuffer rows, ModelConfig config) {
    int half = config.headDim() / 2;
    int width = config.dModel();
    FloatBuffer permuted = FloatBuffer.allocate(rows.remaining());
    for (int head = 0; head < rows.limit(); head += config.headDim() * width) {
      for (int j = 0; j < half; j++) {
        permuted.put(rows.slice(head + j * width, width));
        permuted.put(rows.slice(head + (j + half) * width, width));
      }
    }
    return permuted.flip();
  }

  private static String name(String tensor) {
    String stem = tensor.substring(0, tensor.length() - ".weight".length());
    String converted =
        switch (stem) {
          case "model.embed_tokens" -> "token_embd";
          case "model.norm" -> "output_norm";
          case "lm_head" -> "output";
          default -> {
            String[] parts = stem.split("\\.", 4); // model.layers.N.rest
            yield "blk." + parts[2] + "." + NAMES.get(parts[3]);
          }
        };
    return converted + ".weight";
  }

  static Map<String, Object> metadata(StoredModel model, String name, GgufType type) {
    ModelConfig config = model.config();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", ARCHITECTURE);
    metadata.put("general.name", name);
    metadata.put("general.file_type", fileType(type));
    metadata.put("general.quantization_version", QUANTIZATION_VERSION);
    metadata.put("llama.vocab_size", config.vocabSize());
    metadata.put("llama.context_length", config.maxSequence());
    metadata.put("llama.embedding_length", config.dModel());
    metadata.put("llama.block_count", config.nLayers());
    metadata.put("llama.feed_forward_length", config.ffnHidden());
    metadata.put("llama.attention.head_count", config.nHeads());
    metadata.put("llama.attention.head_count_kv", config.nKvHeads());
    metadata.put("llama.attention.key_length", config.headDim());
    metadata.put("llama.attention.value_length", config.headDim());
    metadata.put("llama.attention.layer_norm_rms_epsilon", (float) config.rmsNormEps());
    metadata.put("llama.rope.dimension_count", config.headDim());
    metadata.put("llama.rope.freq_base", (float) config.ropeTheta());
    metadata.putAll(GgufTokenizer.metadata(model.tokenizer()));
    return metadata;
  }

  /** Numbers of {@code llama_ftype}: what most of the file is. */
  private static int fileType(GgufType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case Q8_0 -> 7;
    };
  }
}
