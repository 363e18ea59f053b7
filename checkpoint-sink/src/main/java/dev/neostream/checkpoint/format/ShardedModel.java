package dev.neostream.checkpoint.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model over several safetensors files, as Hugging Face's libraries look for it:
 *
 * <pre>
 *   model-00001-of-00002.safetensors
 *   model-00002-of-00002.safetensors
 *   model.safetensors.index.json   {"metadata": {"total_size": bytes}, "weight_map": {tensor: file}}
 * </pre>
 */
public final class ShardedModel {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ShardedModel() {}

  /**
   * Writes tensors in the order given, each shard as full as it goes. After a failure the folder is
   * incomplete: write where nobody looks and rename.
   *
   * @param maxBytes values a shard holds at most; a tensor that is larger has a shard of its own
   * @throws IllegalArgumentException if {@code maxBytes} < 1 or a name is used twice
   * @throws IOException if a file exists or cannot be written
   */
  public static void write(Path folder, List<Tensor> tensors, long maxBytes) throws IOException {
    List<List<Tensor>> shards = shards(tensors, maxBytes);
    Map<String, String> files = new LinkedHashMap<>();
    long bytes = 0;
    for (int i = 0; i < shards.size(); i++) {
      String file =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      for (Tensor tensor : shards.get(i)) {
        if (files.put(tensor.name(), file) != null) {
          throw new IllegalArgumentException("names must be unique: tensor=" + tensor.name());
        }
        bytes += tensor.data().remaining();
      }
      Safetensors.write(folder.resolve(file), Map.of(), shards.get(i));
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("metadata", Map.of("total_size", bytes));
    index.put("weight_map", files);
    Files.write(
        folder.resolve("model.safetensors.index.json"),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
  }

  private static List<List<Tensor>> shards(List<Tensor> tensors, long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes must be >= 1: maxBytes=" + maxBytes);
    }
    List<List<Tensor>> shards = new ArrayList<>();
    long room = 0;
    for (Tensor tensor : tensors) {
      long bytes = tensor.data().remaining();
      if (shards.isEmpty() || bytes > room) {
        shards.add(new ArrayList<>());
        room = maxBytes;
      }
      shards.get(shards.size() - 1).add(tensor);
      room -= bytes;
    }
    return shards;
  }
}
