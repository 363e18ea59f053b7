package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.AtomicFile;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicWriter;
import java.io.OutputStream;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.flink.core.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is on the disk when it is said to be done. A power cut cannot be had, but what brings bytes
 * and names to the disk can be recorded: the JVM notes each call of {@code force}.
 */
class PowerCutTest {

  @TempDir Path folder;

  private interface Action {
    void run() throws Exception;
  }

  /** Returns how often each file or folder below the test's folder was forced. */
  private Map<String, Integer> forced(Action action) throws Exception {
    Path events = Files.createTempFile("forced", ".jfr");
    try (var recording = new Recording()) {
      recording.enable("jdk.FileForce").withoutThreshold();
      recording.start();
      action.run();
      recording.stop();
      recording.dump(events);
      var forced = new TreeMap<String, Integer>();
      for (RecordedEvent event : RecordingFile.readAllEvents(events)) {
        String path = event.getString("path");
        if (path != null && path.startsWith(folder.toString())) {
          forced.merge(path.substring(folder.toString().length()), 1, Integer::sum);
        }
      }
      return forced;
    } finally {
      Files.delete(events);
    }
  }

  @Test
  void shouldHaveAFileAndItsNameOnTheDisk() throws Exception {
    assertEquals(
        Map.of("/.status.json.partial", 1, "", 1),
        forced(() -> AtomicFile.write(folder.resolve("status.json"), new byte[] {1})));
  }

  @Test
  void shouldHaveARunsFoldersOnTheDisk() throws Exception {
    var run = new RunFolder(folder.resolve("a").resolve("run"));

    Map<String, Integer> forced =
        forced(
            () -> {
              try (FileLock lock = run.lock()) {
                run.writeSpec(RunSpec.demo(10));
              }
            });

    assertEquals(1, forced.get(""), "the name of a");
    assertEquals(1, forced.get("/a"), "the name of the run");
    assertTrue(forced.get("/a/run") > 7, "the names of what is in it: " + forced);
    assertEquals(1, forced.get("/a/run/.config.resolved.yaml.partial"));
  }

  @Test
  void shouldHaveACheckpointOnTheDisk() throws Exception {
    var store = new CheckpointStore(folder.resolve("checkpoints"));
    var manifest =
        new CheckpointManifest(7L, "", 1, Map.of(), "model", "tokenizer", 0L, List.of(), 0L);
    store.save(
        manifest, Map.of("model.safetensors", List.of()), Map.of("config.json", new byte[9]));

    Map<String, Integer> forced =
        forced(
            () ->
                store.save(
                    new CheckpointManifest(
                        8L, "", 1, Map.of(), "model", "tokenizer", 0L, List.of(), 0L),
                    Map.of("model.safetensors", List.of()),
                    Map.of("config.json", new byte[9])));

    String partial = "/checkpoints/.step-00000008.partial";
    for (String part : List.of("", "/model.safetensors", "/config.json", "/manifest.json")) {
      assertTrue(forced.containsKey(partial + part), part + " of " + forced);
    }
    assertTrue(forced.containsKey("/checkpoints"), "its name: " + forced);
    assertTrue(
        forced(() -> store.keepLast(1)).containsKey("/checkpoints"), "the name of what is gone");
  }

  @Test
  void shouldHaveARecordOnTheDiskThatBrokersTookOver() throws Exception {
    try (var broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      var connection = broker.connection(new Topics("demo"));
      TopicAdmin.create(connection, connection.topics().all(List.of(), 1, 1, 1));
      String batches = connection.topics().trainBatches();
      try (var writer = new TopicWriter<>(connection, batches, TrainBatch.class)) {
        writer.write(new TrainBatch(0L, 1, "fundamental", 1e-3, List.of(), false));

        Map<String, Integer> forced =
            forced(() -> writer.write(new TrainBatch(1L, 1, "fundamental", 1e-3, List.of(), true)));

        assertEquals(
            1, forced.get("/kafka/" + batches + "-0/00000000000000000000.log"), forced.toString());
      }
    }
  }

  @Test
  void shouldHaveWhatFlinkWritesOnTheDisk() throws Exception {
    Path checkpoints = folder.resolve("flink").resolve("checkpoints");
    try (var flink =
        EmbeddedFlink.start(
            checkpoints,
            Files.createDirectory(folder.resolve("tmp")),
            1,
            Duration.ofHours(1),
            16)) {
      var state =
          new org.apache.flink.core.fs.Path(checkpoints.resolve("job/chk-1/_metadata").toUri());

      Map<String, Integer> forced =
          forced(
              () -> {
                FileSystem files = state.getFileSystem();
                files.mkdirs(state.getParent());
                try (OutputStream out = files.create(state, FileSystem.WriteMode.NO_OVERWRITE)) {
                  out.write(new byte[] {1, 2, 3});
                }
              });

      assertEquals(
          Map.of(
              "/flink/checkpoints", 1,
              "/flink/checkpoints/job", 1,
              "/flink/checkpoints/job/chk-1", 1,
              "/flink/checkpoints/job/chk-1/_metadata", 1),
          forced);
      assertEquals(3, Files.size(checkpoints.resolve("job/chk-1/_metadata")));
    }
  }
}
