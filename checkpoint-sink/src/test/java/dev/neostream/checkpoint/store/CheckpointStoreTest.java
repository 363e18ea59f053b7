package dev.neostream.checkpoint.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.checkpoint.format.DType;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.schemas.avro.CheckpointFile;
import dev.neostream.schemas.avro.CheckpointManifest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {

  @TempDir Path run;

  private Path folder;
  private CheckpointStore store;

  @BeforeEach
  void open() {
    folder = run.resolve("checkpoints");
    store = new CheckpointStore(folder);
  }

  @Test
  void shouldBeEmptyBeforeTheFirstSave() throws IOException {
    assertTrue(store.newest().isEmpty());
    assertEquals(List.of(), store.list());
    assertFalse(Files.exists(folder));
  }

  @Test
  void shouldGiveBackWhatWasSaved() throws IOException {
    Tensor weight = tensor("w", 1);
    Tensor momentum = tensor("m", 2);
    byte[] state = "{}".getBytes(StandardCharsets.UTF_8);

    CheckpointManifest manifest =
        store.save(
            draft(12),
            Map.of("optim.safetensors", List.of(momentum), "model.safetensors", List.of(weight)),
            Map.of("state.json", state));
    Stored newest = store.newest().orElseThrow();

    assertEquals(manifest, newest.manifest());
    assertEquals("checkpoints/step-00000012", manifest.getPath());
    assertEquals(run.toAbsolutePath().resolve(manifest.getPath()), newest.folder());
    assertEquals(List.of("model.safetensors", "optim.safetensors", "state.json"), names(manifest));
    assertEquals(
        CheckpointManifest.newBuilder(draft(12))
            .setPath(manifest.getPath())
            .setFiles(manifest.getFiles())
            .build(),
        manifest);
    newest.verify();
    assertEquals(List.of(weight), newest.tensors("model.safetensors"));
    assertEquals(List.of(momentum), newest.tensors("optim.safetensors"));
    assertArrayEquals(state, Files.readAllBytes(newest.file("state.json")));
  }

  @Test
  void shouldDigestWithSha256() throws IOException {
    byte[] abc = "abc".getBytes(StandardCharsets.UTF_8);

    CheckpointManifest manifest = store.save(draft(0), Map.of(), Map.of("abc.txt", abc));

    CheckpointFile file = manifest.getFiles().get(0);
    assertEquals(3, file.getBytes());
    // FIPS 180-2, appendix B.1
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", file.getSha256());
  }

  @Test
  void shouldWriteEveryFieldOfTheSchemaIntoTheManifest() throws IOException {
    CheckpointManifest manifest = store.save(draft(1), Map.of(), Map.of("a", new byte[1]));

    JsonNode json =
        new ObjectMapper()
            .readTree(store.newest().orElseThrow().folder().resolve("manifest.json").toFile());
    assertEquals(fields(manifest.getSchema()), keys(json));
    assertEquals(fields(manifest.getFiles().get(0).getSchema()), keys(json.get("files").get(0)));
    assertEquals(Long.MIN_VALUE + 1, json.get("parameterHash").longValue());
  }

  @Test
  void shouldOrderByStepAlsoBeyondEightDigits() throws IOException {
    for (long step : new long[] {100_000_000, 2, 99_999_999}) {
      save(step);
    }

    assertEquals(List.of(2L, 99_999_999L, 100_000_000L), steps());
    assertEquals(100_000_000, store.newest().orElseThrow().manifest().getStep());
  }

  @Test
  void shouldRefuseToOverwriteAStep() throws IOException {
    save(3);

    assertThrows(FileAlreadyExistsException.class, () -> save(3));
    store.newest().orElseThrow().verify();
    assertEquals(List.of("step-00000003"), entries());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".hidden", "..", "../up", "a/b", "a\\b", "manifest.json", "a b", "a\u0000"})
  void shouldRefuseNamesThatLeadElsewhere(String name) {
    assertThrows(
        IllegalArgumentException.class,
        () -> store.save(draft(1), Map.of(), Map.of(name, new byte[1])));
    assertThrows(
        IllegalArgumentException.class,
        () -> store.save(draft(1), Map.of(name, List.of()), Map.of()));
    assertFalse(Files.exists(folder));
  }

  @Test
  void shouldRefuseANameGivenTwiceAndANegativeStep() {
    assertThrows(
        IllegalArgumentException.class,
        () -> store.save(draft(1), Map.of("a", List.of()), Map.of("a", new byte[1])));
    assertThrows(IllegalArgumentException.class, () -> store.save(draft(-1), Map.of(), Map.of()));
  }

  @Test
  void shouldLeaveNothingWhenATensorCannotBeProduced() throws IOException {
    save(1);
    List<Tensor> failing =
        new AbstractList<>() {
          @Override
          public Tensor get(int index) {
            throw new IllegalStateException("the device is gone");
          }

          @Override
          public int size() {
            return 1;
          }
        };

    var error =
        assertThrows(
            IllegalStateException.class,
            () ->
                store.save(
                    draft(2),
                    Map.of("a.safetensors", List.of(tensor("w", 2)), "b.safetensors", failing),
                    Map.of()));

    assertEquals("the device is gone", error.getMessage());
    assertEquals(List.of("step-00000001"), entries());
  }

  /** A file size limit stands for a full disk: both make a write fail half-way. */
  @Test
  void shouldLeaveNothingWhenTheDiskTakesNoMore() throws Exception {
    save(1);

    Process writer =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"),
                        java("-XX:-UsePerfData", "2", "3", "200000").stream())
                    .toList())
            .redirectErrorStream(true)
            .start();
    String output = new String(writer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(1, writer.waitFor(), output);
    assertTrue(output.contains("checkpoint of step 2 cannot be written to " + folder), output);
    assertEquals(List.of("step-00000001"), entries());
    save(2);
    assertEquals(List.of(1L, 2L), steps());
  }

  @Test
  void shouldShowOnlyCompleteCheckpointsWheneverTheWriterIsKilled() throws Exception {
    long next = 1;
    for (int kill = 0; kill < 6; kill++) {
      Process writer =
          new ProcessBuilder(java("-XX:TieredStopAtLevel=1", "" + next, "" + (next + 500), "50000"))
              .redirectError(run.resolve("writer.err").toFile())
              .start();
      BufferedReader saved =
          new BufferedReader(
              new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8));
      for (int line = 0; line <= 3 * kill; line++) {
        assertEquals("saving " + next++, saved.readLine());
      }
      for (int spin = 0; spin < 40_000 * kill; spin++) {
        Thread.onSpinWait();
      }
      writer.destroyForcibly().waitFor();

      List<Stored> complete = store.list();
      for (Stored stored : complete) {
        stored.verify();
        assertEquals(
            List.of(tensor("w", stored.manifest().getStep(), 50_000)),
            stored.tensors("model.safetensors"));
      }
      assertTrue(complete.size() >= next - 2, "a completed save is never lost: " + complete);
      next = complete.isEmpty() ? 1 : complete.get(complete.size() - 1).manifest().getStep() + 1;
    }

    save(next);

    assertTrue(entries().stream().noneMatch(name -> name.startsWith(".")), entries().toString());
  }

  @Test
  void shouldRemoveLeftoversWithTheNextSaveOnly() throws IOException {
    save(1);
    Files.createDirectories(folder.resolve(".step-00000002.partial/deep"));
    Files.writeString(folder.resolve(".step-00000002.partial/deep/file"), "half");
    Files.createDirectories(folder.resolve(".step-00000000.deleted"));
    Files.createDirectories(folder.resolve(".mine"));

    assertEquals(List.of(1L), steps());
    assertEquals(4, entries().size());
    save(2);

    assertEquals(List.of(".mine", "step-00000001", "step-00000002"), entries());
  }

  @Test
  void shouldIgnoreFoldersThatAreNotComplete() throws IOException {
    save(1);
    Files.createDirectories(folder.resolve("step-00000009"));
    Files.createDirectories(folder.resolve("step-9"));
    Files.createDirectories(folder.resolve("step-99999999999999999999"));
    Files.createDirectories(folder.resolve("step-0000000x"));

    assertEquals(List.of(1L), steps());
  }

  @Test
  void shouldKeepTheLastCheckpoints() throws IOException {
    for (long step = 1; step <= 5; step++) {
      save(step);
    }

    store.keepLast(7);
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), steps());
    store.keepLast(2);

    assertEquals(List.of("step-00000004", "step-00000005"), entries());
    assertThrows(IllegalArgumentException.class, () -> store.keepLast(0));
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void shouldSetAsideWhatIsDamagedUntilTheNewestIsWhole() throws IOException {
    for (long step = 1; step <= 4; step++) {
      save(step);
    }
    flip(folder.resolve("step-00000001/model.safetensors"));
    Files.write(folder.resolve("step-00000003/manifest.json"), new byte[0]);
    flip(folder.resolve("step-00000004/model.safetensors"));

    List<CheckpointStore.Damaged> damaged = store.setAsideDamaged();

    assertEquals(List.of(1L, 2L), steps());
    assertEquals(
        List.of("step-00000004.damaged", "step-00000003.damaged"),
        damaged.stream().map(each -> each.folder().getFileName().toString()).toList());
    assertTrue(damaged.get(0).problem().contains("step-00000004/model.safetensors: changed"));
    assertTrue(damaged.get(1).problem().contains("step-00000003/manifest.json"));
    assertTrue(Files.exists(damaged.get(0).folder().resolve("model.safetensors")));
    assertEquals(List.of(), store.setAsideDamaged());
  }

  @Test
  void shouldSetAsideTheSameStepAgain() throws IOException {
    for (int time = 0; time < 3; time++) {
      save(7);
      flip(folder.resolve("step-00000007/model.safetensors"));
      store.setAsideDamaged();
    }

    assertEquals(List.of(), steps());
    assertEquals(
        List.of("step-00000007.damaged", "step-00000007.damaged-2", "step-00000007.damaged-3"),
        entries());
  }

  @Test
  void shouldSetAsideWhatIsBeyondAStep() throws IOException {
    for (long step : List.of(2L, 4L, 6L)) {
      save(step);
    }

    List<Path> ahead = store.setAsideBeyond(3);

    assertEquals(List.of(2L), store.steps());
    assertEquals(
        List.of(
            folder.resolve("step-00000004.ahead").toAbsolutePath(),
            folder.resolve("step-00000006.ahead").toAbsolutePath()),
        ahead);
    assertEquals(List.of(), store.setAsideBeyond(2));
    save(4);
    assertEquals(
        List.of(folder.resolve("step-00000004.ahead-2").toAbsolutePath()), store.setAsideBeyond(3));
  }

  @Test
  void shouldHaveNothingToSetAsideWhereNothingIs() throws IOException {
    assertEquals(List.of(), store.setAsideDamaged());
    save(1);
    assertEquals(List.of(), store.setAsideDamaged());
    assertEquals(List.of(1L), steps());
  }

  @Test
  void shouldNameTheFileThatIsMissingTruncatedLongerOrChanged() throws IOException {
    save(1);
    Stored stored = store.newest().orElseThrow();
    Path file = stored.file("model.safetensors");
    byte[] whole = Files.readAllBytes(file);

    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertRefused(stored, file, "truncated");
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertRefused(stored, file, "longer than written");
    for (int bit = 0; bit < whole.length * 8; bit += 13) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, flipped);
      assertRefused(stored, file, "changed");
    }
    Files.delete(file);
    assertRefused(stored, file, "missing");
    Files.write(file, whole);
    stored.verify();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"step\" : 1 -> \"step\" : 2",
        "\"step\" : 1 -> \"step\" : 1.0",
        "\"step\" : 1 -> \"step\" : \"1\"",
        "\"planVersion\" : 3, -> ",
        "\"planVersion\" : 3 -> \"planVersion\" : null",
        "\"planVersion\" : 3 -> \"planVersion\" : 3, \"planVersion\" : 4",
        "\"planVersion\" : 3 -> \"planVersion\" : 3, \"other\" : 4",
        "model.safetensors -> ../step-00000001/model.safetensors",
        "model.safetensors -> manifest.json",
        "{ -> ",
      })
  void shouldRefuseAManifestThatWasEdited(String edit) throws IOException {
    save(1);
    Path file = folder.resolve("step-00000001/manifest.json");
    String before = Files.readString(file);
    int arrow = edit.indexOf(" -> ");
    String after = before.replace(edit.substring(0, arrow), edit.substring(arrow + 4));
    Files.writeString(file, after);

    var error = assertThrows(IOException.class, () -> store.newest());

    assertFalse(before.equals(after));
    assertTrue(error.getMessage().startsWith(file.toString()), error.getMessage());
  }

  @Test
  void shouldOpenListedFilesOnly() throws IOException {
    save(1);
    Stored stored = store.newest().orElseThrow();

    var error =
        assertThrows(IllegalArgumentException.class, () -> stored.tensors("other.safetensors"));

    assertTrue(error.getMessage().contains("listed=[model.safetensors]"), error.getMessage());
  }

  @Test
  void shouldFindTheCheckpointOfAStep() throws IOException {
    save(2);
    save(7);

    assertEquals(2, store.at(2).orElseThrow().manifest().getStep());
    assertTrue(store.at(3).isEmpty());
  }

  @Test
  void shouldCopyWhatWasWrittenAndNothingElse() throws IOException {
    save(store, 1, 300_000); // more than a buffer
    Stored stored = store.newest().orElseThrow();
    Path model = stored.file("model.safetensors");

    stored.copy("model.safetensors", run.resolve("copy"));

    assertEquals(-1, Files.mismatch(model, run.resolve("copy")));
    assertThrows(
        FileAlreadyExistsException.class,
        () -> stored.copy("model.safetensors", run.resolve("copy")));
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 4;
    Files.write(model, bytes);
    assertCopyRefused(stored, model, "changed since it was written");
    Files.write(model, Arrays.copyOf(bytes, bytes.length - 1));
    assertCopyRefused(stored, model, "truncated");
    Files.delete(model);
    assertCopyRefused(stored, model, "missing from the checkpoint");
  }

  private void assertCopyRefused(Stored stored, Path file, String reason) {
    var error =
        assertThrows(
            IOException.class, () -> stored.copy("model.safetensors", run.resolve(reason)));
    assertTrue(error.getMessage().startsWith(file + ": " + reason), error.getMessage());
  }

  private static void assertRefused(Stored stored, Path file, String reason) {
    var error = assertThrows(IOException.class, stored::verify);
    assertTrue(error.getMessage().startsWith(file + ": " + reason), error.getMessage());
  }

  private void save(long step) throws IOException {
    save(store, step, 4);
  }

  private static void save(CheckpointStore store, long step, int values) throws IOException {
    store.save(
        draft(step), Map.of("model.safetensors", List.of(tensor("w", step, values))), Map.of());
  }

  private List<String> java(String option, String from, String to, String values) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        option,
        "-Xmx64m",
        "-cp",
        System.getProperty("java.class.path"),
        Writer.class.getName(),
        folder.toString(),
        from,
        to,
        values);
  }

  /** Saves steps from .. to, in a process that a test may kill. */
  static final class Writer {
    public static void main(String[] args) throws IOException {
      CheckpointStore store = new CheckpointStore(Path.of(args[0]));
      for (long step = Long.parseLong(args[1]); step <= Long.parseLong(args[2]); step++) {
        System.out.println("saving " + step);
        save(store, step, Integer.parseInt(args[3]));
      }
    }
  }

  private static CheckpointManifest draft(long step) {
    return new CheckpointManifest(
        step,
        "",
        3,
        Map.of("zh.web", 1L << 60, "code", 7L),
        "model",
        "tokenizer",
        Long.MIN_VALUE + 1,
        List.of(),
        1_700_000_000_000L);
  }

  private static Tensor tensor(String name, long seed) {
    return tensor(name, seed, 4);
  }

  private static Tensor tensor(String name, long seed, int values) {
    ByteBuffer data = ByteBuffer.allocate(Long.BYTES * values);
    for (int i = 0; i < values; i++) {
      data.putLong(i * Long.BYTES, seed * 31 + i);
    }
    return new Tensor(name, DType.I64, new long[] {values}, data);
  }

  private List<Long> steps() throws IOException {
    return store.list().stream().map(stored -> stored.manifest().getStep()).toList();
  }

  private List<String> entries() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static List<String> names(CheckpointManifest manifest) {
    return manifest.getFiles().stream().map(CheckpointFile::getName).toList();
  }

  private static TreeSet<String> fields(Schema schema) {
    return new TreeSet<>(schema.getFields().stream().map(Schema.Field::name).toList());
  }

  private static TreeSet<String> keys(JsonNode json) {
    List<String> keys = new ArrayList<>();
    json.fieldNames().forEachRemaining(keys::add);
    return new TreeSet<>(keys);
  }
}
