package dev.neostream.ops.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.neostream.ops.Json;
import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.schemas.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The folder a run lives in.
 *
 * <pre>
 *   config.resolved.yaml   what the run is, written once
 *   tokenizer/             trained at first start
 *   kafka/ flink/ streams/ state of the engines
 *   checkpoints/           step-00000050/ ... manifest.json last
 *   address.json           where a running run can be reached; gone when it stops
 *   prometheus.json        the same for Prometheus: where to scrape, under which name
 *   page.json              the same for its user: address of the page, which opens it
 *   status.json            last known state, rewritten while running
 *   metrics.jsonl          one line a training step
 *   tensorboard/           the same and held-out losses, for TensorBoard
 *   starts.json            when it was started, how, on what
 *   report.md report.html loss.svg mixture.svg
 *   logs/                  one file a process
 *   tmp/                   scratch of the engines, emptied at every start
 *   media-driver.json      where the media driver's memory lies, for the next start to clear away
 * </pre>
 *
 * <p>The folder, unless it was there before, and everything that is made in it are for their owner
 * alone: they hold documents, logs and the secret that opens the run's brokers.
 *
 * @param root the folder
 */
public record RunFolder(Path root) {

  /**
   * Where a running run can be reached.
   *
   * @param kafka settings of every client of its brokers
   * @param metricsPort port of {@code /metrics} on loopback
   */
  public record Address(Map<String, String> kafka, int metricsPort) {}

  public RunFolder {
    root = root.toAbsolutePath().normalize();
  }

  public Path kafka() {
    return root.resolve("kafka");
  }

  public Path flinkCheckpoints() {
    return root.resolve("flink").resolve("checkpoints");
  }

  public Path streams() {
    return root.resolve("streams");
  }

  public Path tokenizer() {
    return root.resolve("tokenizer").resolve("tokenizer.neo.json");
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  public Path tmp() {
    return root.resolve("tmp");
  }

  /** File that names the media driver's folder while there is one. */
  public Path mediaDriver() {
    return root.resolve("media-driver.json");
  }

  public Path report() {
    return root.resolve("report.md");
  }

  /** The same as {@link #report}, for a browser. */
  public Path reportPage() {
    return root.resolve("report.html");
  }

  public Path metricsLines() {
    return root.resolve("metrics.jsonl");
  }

  /** Folder of TensorBoard's event file. */
  public Path eventFiles() {
    return root.resolve("tensorboard");
  }

  public Path status() {
    return root.resolve("status.json");
  }

  private Path specFile() {
    return root.resolve("config.resolved.yaml");
  }

  private Path addressFile() {
    return root.resolve("address.json");
  }

  /** Target list for Prometheus' file_sd. */
  public Path scrapeTarget() {
    return root.resolve("prometheus.json");
  }

  /**
   * Creates the folder and takes it for this process until the lock is closed. The address of a run
   * that was killed goes: from now on it would be taken for this one's.
   */
  public FileLock lock() {
    try {
      PrivateFiles.createFolder(root);
      FileChannel channel =
          FileChannel.open(
              lockFile(),
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
              PrivateFiles.file(root));
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw inUse();
      }
      // Where a run was reached that has been killed.
      deleteAddress();
      // Before any engine makes them with the modes that it likes.
      for (Path part :
          List.of(
              kafka(),
              root.resolve("flink"),
              streams(),
              tokenizer().getParent(),
              checkpoints(),
              logs(),
              tmp())) {
        PrivateFiles.createFolder(part);
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      throw inUse();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Returns the space left on the folder's disk, in bytes. */
  public long freeBytes() {
    try {
      return Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Refuses a disk without room for a run.
   *
   * @throws UserError if fewer MiB are free
   */
  public void requireSpace(int leastMb) {
    long free = freeBytes();
    if (free >> 20 < leastMb) {
      throw new UserError(
          "the run folder needs at least "
              + leastMb
              + " MiB of free space: folder="
              + root
              + ", free="
              + (free >> 20)
              + " MiB");
    }
  }

  private UserError inUse() {
    return new UserError(
        "one process at a time may use a run folder: folder="
            + root
            + "; see `ops/neo status --dir "
            + Shell.word(root)
            + "`, or choose another --dir");
  }

  private UserError unwritable(IOException e) {
    String why =
        e instanceof AccessDeniedException ? "no write permission" : String.valueOf(e.getMessage());
    return new UserError("the run folder must be writable: folder=" + root + ", problem=" + why, e);
  }

  /** Returns what the run is, empty if the folder holds no run. */
  public Optional<RunSpec> spec() {
    if (!Files.exists(specFile())) {
      return Optional.empty();
    }
    try {
      return Optional.of(SpecFile.readWhole(Files.readString(specFile()), specFile().toString()));
    } catch (IOException e) {
      throw new UserError("file must be readable: file=" + specFile(), e);
    }
  }

  /**
   * Refuses a folder that holds a run's data without what the run is.
   *
   * @throws UserError if it does: gone on with as another run, its data would be taken for that
   *     one's
   */
  public void requireSpecOfData() {
    String[] data = kafka().toFile().list();
    if (data != null && data.length > 0 && spec().isEmpty()) {
      throw new UserError(
          "a folder with a run's data must hold what the run is: data="
              + kafka()
              + ", missing="
              + specFile()
              + "; bring the file back, or choose another --dir");
    }
  }

  public void writeSpec(RunSpec spec) {
    writeText(specFile(), SpecFile.write(spec));
  }

  /** Returns where the run can be reached, empty if it is not running. */
  public Optional<Address> address() {
    return running() ? read(addressFile(), Address.class) : Optional.empty();
  }

  /** True while a process holds the folder's lock, which ends with the process however it ends. */
  public boolean running() {
    Path file = lockFile();
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        return true;
      }
      lock.release();
      return false;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      throw new UserError("file must be readable: file=" + file, e);
    }
  }

  private Path lockFile() {
    return root.resolve(".lock");
  }

  public void writeAddress(Address address) {
    write(addressFile(), address);
  }

  /**
   * Tells Prometheus of the run.
   *
   * @param run value of the label {@code run} of all its series
   * @param port port of {@code /metrics} on loopback
   */
  public void writeScrapeTarget(String run, int port) {
    write(
        scrapeTarget(),
        List.of(Map.of("targets", List.of("127.0.0.1:" + port), "labels", Map.of("run", run))));
  }

  /** Tells the run's user where its page is, token included. */
  public void writePage(String url) {
    write(page(), new Page(url));
  }

  /** Returns where the page of the run is, empty if it is not running. */
  public Optional<String> pageUrl() {
    return running() ? read(page(), Page.class).map(Page::url) : Optional.empty();
  }

  private record Page(String url) {}

  private Path page() {
    return root.resolve("page.json");
  }

  /** Takes back that the run can be reached. */
  public void deleteAddress() {
    try {
      Files.deleteIfExists(addressFile());
      Files.deleteIfExists(scrapeTarget());
      Files.deleteIfExists(page());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Returns the stored value of a JSON file, empty if there is none. */
  public <T> Optional<T> read(Path file, Class<T> type) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(Files.readAllBytes(file), type));
    } catch (JsonProcessingException e) {
      throw new UserError(
          "file must be what the run wrote: file="
              + file
              + ", problem="
              + e.getOriginalMessage()
              + "; remove it, the run writes it anew",
          e);
    } catch (IOException e) {
      throw new UserError("file must be readable: file=" + file, e);
    }
  }

  /** Writes a value as JSON; readers see the old file or the new one, never a part. */
  public void write(Path file, Object value) {
    writeText(file, Json.of(value));
  }

  /** Writes a text file; readers see the old one or the new one, never a part. */
  public void writeText(Path file, String text) {
    try {
      PrivateFiles.createFolder(file.getParent());
      AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8), PrivateFiles.file(file));
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
