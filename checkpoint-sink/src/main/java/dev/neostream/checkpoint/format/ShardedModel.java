package dev.neostream.checkpoint.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

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

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  /** An index has about 100 bytes a tensor. */
  private static final long MAX_INDEX = 64 << 20;

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
        folder.resolve(INDEX), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
  }

  /**
   * Returns the tensors of a model in one file, {@code model.safetensors}, or of all shards that an
   * index names, as views of the mapped files.
   *
   * @throws IOException if there is neither, a file is not well-formed, or index and shards do not
   *     hold the same tensors; the message names the file and the tensor
   */
  public static List<Tensor> read(Path folder) throws IOException {
    if (Files.exists(folder.resolve(SINGLE))) {
      return Safetensors.read(folder.resolve(SINGLE));
    }
    Path index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      throw new IOException(
          "a model's folder must hold %s or %s: folder=%s".formatted(SINGLE, INDEX, folder));
    }
    Map<String, String> listed = weightMap(index);
    List<Tensor> tensors = new ArrayList<>();
    for (String file : new TreeSet<>(listed.values())) {
      for (Tensor tensor : Safetensors.read(folder.resolve(file))) {
        if (!file.equals(listed.remove(tensor.name()))) {
          throw new IOException(
              "%s: tensor %s must be listed, once, as of its file: file=%s"
                  .formatted(index, tensor.name(), file));
        }
        tensors.add(tensor);
      }
    }
    if (!listed.isEmpty()) {
      throw new IOException(
          "%s: tensors must be in their files: missing=%s".formatted(index, listed));
    }
    return tensors;
  }

  private static Map<String, String> weightMap(Path index) throws IOException {
    if (Files.size(index) > MAX_INDEX) {
      throw new IOException(
          "%s: must have at most %d bytes: bytes=%d"
              .formatted(index, MAX_INDEX, Files.size(index)));
    }
    JsonNode map;
    try {
      map = JSON.readTree(index.toFile()).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new IOException("%s: must be JSON: %s".formatted(index, e.getOriginalMessage()), e);
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String file = entry.getValue().asText();
      if (!file.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) {
        throw new IOException(
            "%s: a shard must be a file of the folder: tensor=%s, file=%s"
                .formatted(index, entry.getKey(), file));
      }
      files.put(entry.getKey(), file);
    }
    if (files.isEmpty()) {
      throw new IOException("%s: weight_map must list the tensors".formatted(index));
    }
    return files;
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
