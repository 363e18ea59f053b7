package dev.neostream.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** Writes files that are there whole or not at all, after a kill and after a power cut alike. */
public final class AtomicFile {

  private AtomicFile() {}

  /**
   * Puts a file into its place, replacing what was there: readers see the old bytes or the new
   * ones, and once this returns the new ones are on the disk. Two writers of one file at a time are
   * not told apart.
   *
   * @param attributes what the file has from its first byte on, such as permissions
   * @throws IOException if the file cannot be written; the old one is then still there
   */
  public static void write(Path file, byte[] bytes, FileAttribute<?>... attributes)
      throws IOException {
    Path target = file.toAbsolutePath();
    Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
    try {
      // A new file, never one that is there: it may be a link, or readable by others.
      Files.deleteIfExists(partial);
      try (FileChannel channel =
          FileChannel.open(
              partial,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attributes)) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        channel.force(true);
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(partial);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    // The name is the folder's; without this a power cut may bring the old file back.
    Durable.force(target.getParent());
  }
}
