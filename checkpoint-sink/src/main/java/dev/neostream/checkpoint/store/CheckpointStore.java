package dev.neostream.checkpoint.store;

import dev.neostream.checkpoint.format.Safetensors;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.schemas.Durable;
import dev.neostream.schemas.avro.CheckpointFile;
import dev.neostream.schemas.avro.CheckpointManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder of checkpoints. A checkpoint is written where readers do not look, forced to the device
 * and renamed into place, so that whatever happens readers see all of it or nothing. One process
 * writes at a time; any number may read meanwhile. Reading changes nothing.
 */
public final class CheckpointStore {

  private static final String STEP = "step-";
  private static final String DELETED = ".deleted";
  private static final String DAMAGED = ".damaged";
  private static final String AHEAD = ".ahead";

  private final Path folder;

  /** Returns the store in a folder, which the first save creates. */
  public CheckpointStore(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Stores a checkpoint and returns its manifest once it would survive a power cut. First removes
   * what a killed writer left. On failure nothing of the checkpoint remains.
   *
   * @param draft everything but {@code path}, which becomes {@code <folder name>/step-<step>} (the
   *     store lies directly in the run's folder), and {@code files}
   * @param files tensors by file name
   * @param extras other content by file name
   * @throws FileAlreadyExistsException if there is a checkpoint of that step
   * @throws IllegalArgumentException if the step is negative, or a file name is used twice, hidden,
   *     {@code manifest.json} or not of {@code A-Z a-z 0-9 . _ -}
   * @throws IOException if the files cannot be written, for example because the disk is full
   */
  public CheckpointManifest save(
      CheckpointManifest draft, Map<String, List<Tensor>> files, Map<String, byte[]> extras)
      throws IOException {
    if (draft.getStep() < 0) {
      throw new IllegalArgumentException("step must be >= 0: step=" + draft.getStep());
    }
    checkNames(files, extras);
    Path target = folder.resolve(STEP + String.format(Locale.ROOT, "%08d", draft.getStep()));
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "a checkpoint is never overwritten; remove it first");
    }
    try {
      Durable.createFolder(folder);
      removeLeftovers();
      List<CheckpointManifest> written = new ArrayList<>();
      AtomicFolder.write(
          target, partial -> written.add(write(partial, target, draft, files, extras)));
      return written.get(0);
    } catch (IOException e) {
      throw new IOException(
          "checkpoint of step %d cannot be written to %s: %s"
              .formatted(draft.getStep(), folder, e.getMessage()),
          e);
    }
  }

  private static void checkNames(Map<String, List<Tensor>> files, Map<String, byte[]> extras) {
    Stream.concat(files.keySet().stream(), extras.keySet().stream()).forEach(Stored::checkName);
    for (String name : extras.keySet()) {
      if (files.containsKey(name)) {
        throw new IllegalArgumentException("a file must be given once: file=" + name);
      }
    }
  }

  private CheckpointManifest write(
      Path partial,
      Path target,
      CheckpointManifest draft,
      Map<String, List<Tensor>> files,
      Map<String, byte[]> extras)
      throws IOException {
    List<CheckpointFile> written = new ArrayList<>();
    for (var entry : new TreeMap<>(files).entrySet()) {
      Path file = partial.resolve(entry.getKey());
      Safetensors.write(file, Map.of(), entry.getValue());
      written.add(Stored.describe(file));
    }
    for (var entry : new TreeMap<>(extras).entrySet()) {
      Path file = partial.resolve(entry.getKey());
      Files.write(file, entry.getValue());
      written.add(Stored.describe(file));
    }
    CheckpointManifest manifest =
        CheckpointManifest.newBuilder(draft)
            .setPath(folder.getFileName() + "/" + target.getFileName())
            .setFiles(written)
            .build();
    Files.write(partial.resolve(Stored.MANIFEST), ManifestJson.encode(manifest));
    return manifest;
  }

  /**
   * Returns the complete checkpoint of the highest step, or empty if there is none.
   *
   * @throws IOException if its manifest is damaged; the message names it
   */
  public Optional<Stored> newest() throws IOException {
    List<Path> complete = complete();
    return complete.isEmpty()
        ? Optional.empty()
        : Optional.of(stored(complete.get(complete.size() - 1)));
  }

  /**
   * Returns the complete checkpoint of a step, or empty if there is none.
   *
   * @throws IOException if its manifest is damaged; the message names it
   */
  public Optional<Stored> at(long step) throws IOException {
    for (Path path : complete()) {
      if (step(path) == step) {
        return Optional.of(stored(path));
      }
    }
    return Optional.empty();
  }

  /** Returns the steps of all complete checkpoints, ascending. */
  public List<Long> steps() throws IOException {
    return complete().stream().map(CheckpointStore::step).toList();
  }

  /**
   * Returns all complete checkpoints by ascending step.
   *
   * @throws IOException if a manifest is damaged; the message names it
   */
  public List<Stored> list() throws IOException {
    List<Stored> checkpoints = new ArrayList<>();
    for (Path path : complete()) {
      checkpoints.add(stored(path));
    }
    return checkpoints;
  }

  /**
   * A checkpoint that is not as it was written.
   *
   * @param folder where it lies now, out of every reader's way
   * @param problem what is wrong with it, naming the file
   */
  public record Damaged(Path folder, String problem) {}

  /**
   * Reads the newest checkpoint, every byte, and renames it to {@code step-NNNNNNNN.damaged} if it
   * is not as it was written; so on with the one before, until the newest is whole or none is left.
   * Nobody may write meanwhile.
   *
   * @return those renamed, newest first
   * @throws IOException if one cannot be renamed
   */
  public List<Damaged> setAsideDamaged() throws IOException {
    List<Damaged> damaged = new ArrayList<>();
    List<Path> complete = complete();
    for (int i = complete.size() - 1; i >= 0; i--) {
      Path path = complete.get(i);
      try {
        stored(path).verify();
        break;
      } catch (IOException e) {
        damaged.add(new Damaged(setAside(path, DAMAGED), e.getMessage()));
      }
    }
    return damaged;
  }

  /**
   * Renames the complete checkpoints of later steps to {@code step-NNNNNNNN.ahead}: for a run whose
   * other records do not reach as far. Nobody may write meanwhile.
   *
   * @return where they lie now, by ascending step
   * @throws IOException if one cannot be renamed
   */
  public List<Path> setAsideBeyond(long step) throws IOException {
    List<Path> ahead = new ArrayList<>();
    for (Path path : complete()) {
      if (step(path) > step) {
        ahead.add(setAside(path, AHEAD));
      }
    }
    return ahead;
  }

  private Path setAside(Path path, String why) throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + why);
    for (int n = 2; Files.exists(aside); n++) {
      aside = path.resolveSibling(path.getFileName() + why + "-" + n);
    }
    Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
    Durable.force(folder);
    return aside;
  }

  /**
   * Deletes all complete checkpoints but those of the highest {@code count} steps, oldest first.
   * Each disappears at once, however long its deletion takes.
   *
   * @throws IllegalArgumentException if {@code count} < 1
   */
  public void keepLast(int count) throws IOException {
    if (count < 1) {
      throw new IllegalArgumentException("count must be >= 1: count=" + count);
    }
    List<Path> complete = complete();
    for (Path old : complete.subList(0, Math.max(0, complete.size() - count))) {
      Path hidden = old.resolveSibling("." + old.getFileName() + DELETED);
      Files.move(old, hidden, StandardCopyOption.ATOMIC_MOVE);
      Durable.force(folder);
      AtomicFolder.delete(hidden);
    }
  }

  /**
   * Returns the complete checkpoint in a folder, of whatever store.
   *
   * @param checkpoint named {@code step-} and the step, as {@link #save} does
   * @throws IOException if there is none, or its manifest is damaged
   */
  public static Stored open(Path checkpoint) throws IOException {
    Path path = checkpoint.toAbsolutePath().normalize();
    if (path.getFileName() == null
        || step(path) < 0
        || !Files.exists(path.resolve(Stored.MANIFEST))) {
      throw new IOException(
          "a checkpoint must be a folder step-NNNNNNNN with a %s: folder=%s"
              .formatted(Stored.MANIFEST, checkpoint));
    }
    return stored(path);
  }

  private static Stored stored(Path path) throws IOException {
    Path file = path.resolve(Stored.MANIFEST);
    CheckpointManifest manifest = ManifestJson.read(file);
    if (manifest.getStep() != step(path)) {
      throw new IOException(
          "%s: step must be the folder's: step=%d".formatted(file, manifest.getStep()));
    }
    try {
      return new Stored(path, manifest);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private List<Path> complete() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .filter(path -> step(path) >= 0 && Files.exists(path.resolve(Stored.MANIFEST)))
          .sorted(Comparator.comparingLong(CheckpointStore::step))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Returns the step in a checkpoint folder's name, or -1 if the name is another's. */
  private static long step(Path path) {
    String name = path.getFileName().toString();
    String digits = name.startsWith(STEP) ? name.substring(STEP.length()) : "";
    boolean number =
        digits.length() >= 8
            && digits.length() <= 18
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Long.parseLong(digits) : -1;
  }

  private void removeLeftovers() throws IOException {
    List<Path> leftovers;
    try (Stream<Path> paths = Files.list(folder)) {
      leftovers =
          paths
              .filter(
                  path -> {
                    String name = path.getFileName().toString();
                    return name.startsWith("." + STEP)
                        && (name.endsWith(AtomicFolder.PARTIAL) || name.endsWith(DELETED));
                  })
              .toList();
    }
    for (Path leftover : leftovers) {
      AtomicFolder.delete(leftover);
    }
  }
}
