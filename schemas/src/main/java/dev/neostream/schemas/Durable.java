package dev.neostream.schemas;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;

/** What outlives a power cut: a file's bytes and its name in a folder are made so one by one. */
public final class Durable {

  private Durable() {}

  /** Brings a file's bytes, or the names in a folder, to the disk. */
  public static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Makes a folder unless it is there, and those above it that are missing; on the system's own
   * disks their names are there when this returns.
   *
   * @param attributes what the folder itself has from the first, such as permissions
   */
  public static void createFolder(Path folder, FileAttribute<?>... attributes) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    createFolder(parent);
    try {
      Files.createDirectory(folder, attributes);
    } catch (FileAlreadyExistsException e) {
      // Another thread may have made it meanwhile.
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    if (folder.getFileSystem() == FileSystems.getDefault()) {
      force(parent);
    }
  }
}
