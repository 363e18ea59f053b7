package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {

  @TempDir Path folder;

  @Test
  void shouldDeleteLinksAndNotWhatTheyPointAt() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("precious"), "kept");
    Path tree = Files.createDirectories(folder.resolve("tree").resolve("sub")).getParent();
    Files.createSymbolicLink(tree.resolve("sub").resolve("folder"), kept);
    Files.createSymbolicLink(tree.resolve("file"), kept.resolve("precious"));
    Files.createSymbolicLink(tree.resolve("nowhere"), folder.resolve("nothing"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), kept);

    PrivateFiles.deleteTree(tree);
    PrivateFiles.deleteTree(link);
    PrivateFiles.deleteTree(folder.resolve("nothing"));

    assertFalse(Files.exists(tree));
    assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    assertEquals("kept", Files.readString(kept.resolve("precious")));
  }

  @Test
  void shouldReplaceALinkByAPrivateFile() throws IOException {
    Path kept = Files.writeString(folder.resolve("kept"), "kept");
    Path file = Files.createSymbolicLink(folder.resolve("file"), kept);

    Files.writeString(PrivateFiles.createFile(file), "new");

    assertEquals("kept", Files.readString(kept));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)));
  }

  @Test
  void shouldWorkWhereThereAreNoPermissions() throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(folder.resolve("disk.zip"), Map.of("create", "true"))) {
      assertFalse(zip.supportedFileAttributeViews().contains("posix"));
      Path run = zip.getPath("/above/run");

      PrivateFiles.createFolder(run);
      PrivateFiles.createFile(run.resolve("file"));
      assertTrue(Files.exists(run.resolve("file")));
      PrivateFiles.deleteTree(run);
      assertFalse(Files.exists(run));
    }
  }
}
