package dev.neostream.checkpoint.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedModelTest {

  @TempDir Path folder;

  private static Tensor tensor(String name, int bytes) {
    byte[] data = new byte[bytes];
    new Random(name.hashCode()).nextBytes(data);
    return new Tensor(name, DType.U8, new long[] {bytes}, ByteBuffer.wrap(data));
  }

  @Test
  void shouldFillShardsInOrderAndListThem() throws IOException {
    List<Tensor> tensors =
        List.of(tensor("a", 60), tensor("b", 40), tensor("c", 1), tensor("d", 250), tensor("e", 9));

    ShardedModel.write(folder, tensors, 100);

    // a and b fill the first, c has no room beside d, which is larger than any shard.
    List<List<Tensor>> shards = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      shards.add(Safetensors.read(folder.resolve("model-%05d-of-00004.safetensors".formatted(i))));
    }
    assertEquals(
        List.of(
            tensors.subList(0, 2),
            tensors.subList(2, 3),
            tensors.subList(3, 4),
            tensors.subList(4, 5)),
        shards);
    assertEquals(
        """
        {"metadata":{"total_size":360},"weight_map":\
        {"a":"model-00001-of-00004.safetensors","b":"model-00001-of-00004.safetensors",\
        "c":"model-00002-of-00004.safetensors","d":"model-00003-of-00004.safetensors",\
        "e":"model-00004-of-00004.safetensors"}}""",
        new ObjectMapper()
            .readTree(folder.resolve("model.safetensors.index.json").toFile())
            .toString());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(5, files.count());
    }
  }

  @Test
  void shouldReadOneFileOrAllShards() throws IOException {
    List<Tensor> tensors = List.of(tensor("b", 60), tensor("a", 50), tensor("c", 1));
    Path shards = Files.createDirectory(folder.resolve("shards"));

    ShardedModel.write(shards, tensors, 100);
    Safetensors.write(folder.resolve("model.safetensors"), Map.of(), tensors);

    assertEquals(tensors, ShardedModel.read(shards));
    assertEquals(tensors, ShardedModel.read(folder));
  }

  @Test
  void shouldRefuseShardsThatAreNotWhatTheIndexSays() throws IOException {
    assertUnreadable("must hold model.safetensors or model.safetensors.index.json");
    ShardedModel.write(folder, List.of(tensor("a", 60), tensor("b", 50)), 100);
    String one = "model-00001-of-00002.safetensors";
    String two = "model-00002-of-00002.safetensors";

    index("'a': '" + one + "'");
    assertEquals(List.of(tensor("a", 60)), ShardedModel.read(folder));
    index("'a': '" + two + "'");
    assertUnreadable("tensor b must be listed, once, as of its file: file=" + two);
    index("'a': '" + one + "', 'b': '" + one + "'");
    assertUnreadable("missing={b=" + one + "}");
    index("'a': '../" + one + "'");
    assertUnreadable("a shard must be a file of the folder: tensor=a, file=../" + one);
    index("'a': 7");
    assertUnreadable("7");
    index("");
    assertUnreadable("weight_map must list the tensors");
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\"");
    assertUnreadable("must be JSON");
  }

  private void index(String entries) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{'weight_map': {%s}}".formatted(entries).replace('\'', '"'));
  }

  private void assertUnreadable(String problem) {
    var e = assertThrows(IOException.class, () -> ShardedModel.read(folder));
    assertTrue(e.getMessage().contains(problem), e.toString());
  }

  @Test
  void shouldRefuseANameInTwoShardsAndNoRoom() {
    Map<String, Long> refused = Map.of("tensor=a", 10L, "maxBytes=0", 0L);

    refused.forEach(
        (problem, maxBytes) -> {
          var e =
              assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      ShardedModel.write(
                          folder, List.of(tensor("a", 10), tensor("a", 10)), maxBytes));
          assertTrue(e.getMessage().contains(problem), e.getMessage());
        });
  }
}
