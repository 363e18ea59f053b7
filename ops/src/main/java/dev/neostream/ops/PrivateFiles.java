package dev.neostream.ops;

import dev.neostream.schemas.Durable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files and folders that other users of the machine can neither read nor replace. On file systems
 * without POSIX permissions they are ordinary ones.
 */
public final class PrivateFiles {

  private PrivateFiles() {}

  /** Returns what a new file at the path must have to be its owner's alone. */
  public static FileAttribute<?>[] file(Path at) {
    return attributes(at, "rw-------");
  }

  private static FileAttribute<?>[] attributes(Path at, String permissions) {
    return at.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Makes a folder unless it is there, whose mode then stays as it is. Folders above it that are
   * missing are ordinary ones.
   */
  public static void createFolder(Path folder) throws IOException {
    Durable.createFolder(folder, attributes(folder, "rwx------"));
  }

  /** Puts an empty file into a place, instead of any file or link that is there, and returns it. */
  public static Path createFile(Path file) throws IOException {
    Files.deleteIfExists(file);
    return Files.createFile(file, file(file));
  }

  /** Deletes a file, or a folder with all that is in it; a link goes, what it points at stays. */
  public static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
