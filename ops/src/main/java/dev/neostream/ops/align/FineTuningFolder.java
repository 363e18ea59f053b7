package dev.neostream.ops.align;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.Json;
import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.schemas.AtomicFile;
import dev.neostream.tokens.chat.Refusal;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The folder a fine-tuning lives in, on answers or on preferences, for its owner alone.
 *
 * <pre>
 *   fine-tuning.json   what it is, written once
 *   refused.jsonl      every record that is not used: reason and message
 *   reference.jsonl    of preferences: what the model it started from makes of each pair
 *   checkpoints/       as in a run's folder
 * </pre>
 */
final class FineTuningFolder implements AutoCloseable {

  /** Name of the file that says what a fine-tuning is. */
  static final String DEFINITION = "fine-tuning.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final FileLock lock;

  private FineTuningFolder(Path root, FileLock lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Takes a folder, which is made if need be, until it is closed.
   *
   * @throws UserError if another process has it, or it holds something else
   */
  static FineTuningFolder open(Path root) {
    try {
      boolean other =
          Files.exists(root)
              && !Files.exists(root.resolve(DEFINITION))
              && (Files.exists(root.resolve("checkpoints"))
                  || Files.exists(root.resolve("config.resolved.yaml")));
      if (other) {
        throw UserError.usage(
            "--out must be a new folder or one of a fine-tuning: out=%s holds a run"
                .formatted(root));
      }
      PrivateFiles.createFolder(root);
      Path file = root.resolve(".lock");
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
              PrivateFiles.file(file));
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw inUse(root);
      }
      return new FineTuningFolder(root, lock);
    } catch (OverlappingFileLockException e) {
      throw inUse(root);
    } catch (IOException e) {
      throw new UserError("--out must be writable: out=" + root + ", problem=" + e, e);
    }
  }

  private static UserError inUse(Path root) {
    return new UserError("one process at a time may use a fine-tuning's folder: out=" + root);
  }

  /** Folder of its checkpoints. */
  Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** File of the reference's log-probabilities. */
  Path reference() {
    return root.resolve("reference.jsonl");
  }

  /**
   * Writes what the fine-tuning is, or compares it with what it was when it began.
   *
   * @throws UserError naming the first field that differs and both values
   */
  void define(Map<String, Object> definition) throws IOException {
    Path file = root.resolve(DEFINITION);
    String now = Json.of(definition);
    if (!Files.exists(file)) {
      AtomicFile.write(file, now.getBytes(StandardCharsets.UTF_8), PrivateFiles.file(file));
      return;
    }
    JsonNode was = JSON.readTree(Files.readString(file));
    for (Map.Entry<String, JsonNode> field : JSON.readTree(now).properties()) {
      JsonNode before = was.path(field.getKey());
      if (!before.equals(field.getValue())) {
        throw UserError.usage(
            "a fine-tuning goes on only as it began: %s was %s, is %s; restore it, or choose another --out than %s"
                .formatted(field.getKey(), before, field.getValue(), Shell.word(root)));
      }
    }
  }

  /** Writes every record that is not used, one JSON object a line. */
  void writeRefusals(List<Refusal> refusals) throws IOException {
    Path file = root.resolve("refused.jsonl");
    Files.deleteIfExists(file);
    PrivateFiles.createFile(file);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (Refusal refusal : refusals) {
        out.write(
            JSON.writeValueAsString(
                Map.of("reason", refusal.reason().toString(), "message", refusal.message())));
        out.newLine();
      }
    }
  }

  @Override
  public void close() {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
