package dev.neostream.ops.embedded;

import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.run.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a run's media driver, in memory where the machine allows it.
 *
 * <p>Everybody may write to {@code /dev/shm}, so a name that others can foretell is theirs to take
 * first. The folder is therefore a new one with a random name, for its owner alone. The run folder
 * remembers the name, so that what a killed run left is cleared away by the run's next start.
 */
final class MediaDriverFolder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MediaDriverFolder.class);

  static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private static final String PREFIX = "neo-aeron-";

  private final RunFolder run;
  private final Path folder;

  private MediaDriverFolder(RunFolder run, Path folder) {
    this.run = run;
    this.folder = folder;
  }

  /** What the run folder remembers. */
  record Remembered(String folder) {}

  /**
   * Makes the folder and clears away that of a killed run.
   *
   * @param shared folder in memory; the run's own {@code tmp} is used if nothing can be made there,
   *     or too little, as in a container
   * @param bytes what the driver may need
   */
  static MediaDriverFolder create(RunFolder run, Path shared, long bytes) {
    try {
      Path folder = createIn(shared, bytes, run.tmp());
      Optional<Remembered> before = run.read(run.mediaDriver(), Remembered.class);
      if (before.isPresent()) {
        clear(Path.of(before.get().folder()), shared, folder);
      }
      run.write(run.mediaDriver(), new Remembered(folder.toString()));
      return new MediaDriverFolder(run, folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the media driver must have a folder of its own", e);
    }
  }

  private static Path createIn(Path shared, long bytes, Path tmp) throws IOException {
    try {
      if (Files.getFileStore(shared).getUsableSpace() >= bytes) {
        return Files.createTempDirectory(shared, PREFIX);
      }
      LOG.warn(
          "the media driver works on disk, for too little is free in memory: folder={}, bytes={}",
          shared,
          bytes);
    } catch (IOException e) {
      LOG.warn("the media driver works on disk: folder={}", shared, e);
    }
    return Files.createTempDirectory(tmp, PREFIX);
  }

  /** Deletes a leftover if it is what a run makes: a real folder, in that place, of this user. */
  private static void clear(Path leftover, Path shared, Path own) throws IOException {
    if (shared.equals(leftover.getParent())
        && leftover.getFileName().toString().startsWith(PREFIX)
        && Files.isDirectory(leftover, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(leftover, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own))) {
      PrivateFiles.deleteTree(leftover);
    }
  }

  /** Where the driver may put its files; it makes this folder itself. */
  Path driver() {
    return folder.resolve("driver");
  }

  @Override
  public void close() throws IOException {
    PrivateFiles.deleteTree(folder);
    Files.deleteIfExists(run.mediaDriver());
  }
}
