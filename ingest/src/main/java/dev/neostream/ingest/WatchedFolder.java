package dev.neostream.ingest;

import dev.neostream.ingest.file.FileIdentity;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Finds the files of a folder and its subfolders, each once, when it is complete: when neither its
 * size nor its time of modification has changed for a while. Files whose name starts with a dot or
 * ends in {@code .tmp} or {@code .part} are left alone, so that a writer who renames a finished
 * file into place need not be waited for.
 *
 * <p>A file is known by its size and the checksum of its ends: one that is touched, copied over by
 * its equal or found again after a restart is not found twice; one with other contents under an old
 * name is another file. Not thread-safe.
 */
public final class WatchedFolder {

  /**
   * A file as it was found.
   *
   * @param source name that enters document ids: the folder's name and the path in it; with {@code
   *     #2}, {@code #3} ... where other contents had that name before
   * @param path the file
   * @param bytes its size
   * @param modifiedAt when it was modified, milliseconds since the epoch
   * @param digest CRC-32C of its first and its last 64 KiB
   */
  public record Found(String source, Path path, long bytes, long modifiedAt, long digest) {

    private boolean isSameFile(Found other) {
      return bytes == other.bytes && digest == other.digest;
    }
  }

  private record Seen(long bytes, long modifiedAt, long sinceNanos) {}

  private final Path folder;
  private final String name;
  private final long stableNanos;
  private final LongSupplier nanoTime;
  private final Map<Path, Found> known = new HashMap<>();
  private final Map<Path, Integer> versions = new HashMap<>();
  private Map<Path, Seen> growing = new HashMap<>();

  /**
   * @param stable a file that has not changed for so long is complete
   * @throws IOException if the folder cannot be read
   */
  public WatchedFolder(Path folder, Duration stable) throws IOException {
    this(folder, stable, System::nanoTime);
  }

  WatchedFolder(Path folder, Duration stable, LongSupplier nanoTime) throws IOException {
    this.folder = folder.toRealPath();
    this.name = String.valueOf(this.folder.getFileName());
    this.stableNanos = stable.toNanos();
    this.nanoTime = nanoTime;
  }

  public Path folder() {
    return folder;
  }

  /**
   * Takes note of a file that was found before, by this process or an earlier one. In any order and
   * any number of times: of those that had a name, the last is what lies there.
   */
  public void knows(Found file) {
    int version = version(file);
    if (version >= versions.getOrDefault(file.path, 1)) {
      known.put(file.path, file);
      versions.put(file.path, version);
    }
  }

  private int version(Found file) {
    String first = source(file.path);
    return file.source.equals(first)
        ? 1
        : Integer.parseInt(file.source.substring(first.length() + 1));
  }

  private String source(Path file) {
    return name + "/" + FolderReader.relative(folder, file);
  }

  /** Knows no file any more. */
  public void forget() {
    known.clear();
    versions.clear();
  }

  /**
   * Returns the complete files that are not known yet, in the order of their paths; they are known
   * from then on.
   *
   * @throws IOException if the folder cannot be read
   */
  public List<Found> scan() throws IOException {
    long now = nanoTime.getAsLong();
    var found = new ArrayList<Found>();
    Map<Path, Seen> stillGrowing = new HashMap<>();
    for (Path file : FolderReader.files(folder)) {
      if (isUnfinished(file)) {
        continue;
      }
      try {
        look(file, now, stillGrowing, found);
      } catch (FileSystemException e) {
        // Gone or renamed meanwhile, or not readable yet: the next scan sees.
        continue;
      }
    }
    growing = stillGrowing;
    return found;
  }

  private void look(Path file, long now, Map<Path, Seen> stillGrowing, List<Found> found)
      throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    long bytes = attributes.size();
    long modifiedAt = attributes.lastModifiedTime().toMillis();
    Found before = known.get(file);
    if (before != null && before.bytes == bytes && before.modifiedAt == modifiedAt) {
      return;
    }
    Seen seen = growing.get(file);
    if (seen == null || seen.bytes != bytes || seen.modifiedAt != modifiedAt) {
      seen = new Seen(bytes, modifiedAt, now);
    }
    if (now - seen.sinceNanos < stableNanos) {
      stillGrowing.put(file, seen);
      return;
    }
    long digest = attributes.isRegularFile() ? FileIdentity.of(file).digest() : 0;
    int version = versions.getOrDefault(file, 0) + 1;
    String source = source(file);
    var complete =
        new Found(version == 1 ? source : source + "#" + version, file, bytes, modifiedAt, digest);
    if (before != null && before.isSameFile(complete)) {
      known.put(file, new Found(before.source, file, bytes, modifiedAt, digest));
      return;
    }
    knows(complete);
    found.add(complete);
  }

  private static boolean isUnfinished(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".tmp") || name.endsWith(".part");
  }
}
