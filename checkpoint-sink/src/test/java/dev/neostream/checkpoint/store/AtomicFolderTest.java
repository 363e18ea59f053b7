package dev.neostream.checkpoint.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {

  @TempDir Path home;

  private List<String> entries() throws IOException {
    try (Stream<Path> paths = Files.walk(home)) {
      return paths
          .filter(path -> !path.equals(home))
          .map(path -> home.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  private static void writeTwoFiles(Path folder) throws IOException {
    Files.writeString(folder.resolve("a"), "1");
    Files.writeString(folder.resolve("b"), "2");
  }

  @Test
  void shouldShowTheFolderOnceItIsWhole() throws IOException {
    Path target = home.resolve("x/out");

    AtomicFolder.write(
        target,
        folder -> {
          writeTwoFiles(folder);
          assertFalse(Files.exists(target));
        });

    assertEquals(List.of("x", "x/out", "x/out/a", "x/out/b"), entries());
  }

  @Test
  void shouldLeaveNothingOfAFailure() throws IOException {
    var failure = new IOException("the disk is full");

    for (Exception thrown : List.of(failure, new IllegalStateException("odd"))) {
      Exception seen =
          assertThrows(
              thrown.getClass(),
              () ->
                  AtomicFolder.write(
                      home.resolve("out"),
                      folder -> {
                        writeTwoFiles(folder);
                        if (thrown instanceof IOException e) {
                          throw e;
                        }
                        throw (IllegalStateException) thrown;
                      }));

      assertEquals(thrown, seen);
      assertEquals(List.of(), entries());
    }
  }

  @Test
  void shouldReplaceAnEmptyFolderAndNothingElse() throws IOException {
    Path target = Files.createDirectory(home.resolve("out"));

    AtomicFolder.write(target, AtomicFolderTest::writeTwoFiles);

    assertEquals(List.of("out", "out/a", "out/b"), entries());
    Path file = Files.writeString(home.resolve("file"), "mine");
    for (Path taken : List.of(target, file)) {
      assertThrows(
          FileAlreadyExistsException.class,
          () -> AtomicFolder.write(taken, folder -> Files.writeString(folder.resolve("c"), "3")));
    }
    assertEquals("mine", Files.readString(file));
    assertEquals(List.of("file", "out", "out/a", "out/b"), entries());
  }

  @Test
  void shouldNotReplaceWhatAppearsMeanwhile() throws IOException {
    Path target = home.resolve("out");

    assertThrows(
        FileAlreadyExistsException.class,
        () ->
            AtomicFolder.write(
                target,
                folder -> {
                  writeTwoFiles(folder);
                  Files.createDirectory(target);
                  Files.writeString(target.resolve("theirs"), "4");
                }));

    assertEquals(List.of("out", "out/theirs"), entries());
  }

  @Test
  void shouldRemoveWhatAKilledWriterLeft() throws IOException {
    Path left = Files.createDirectories(home.resolve(".out.partial"));
    Files.writeString(left.resolve("half"), "5");

    AtomicFolder.write(home.resolve("out"), AtomicFolderTest::writeTwoFiles);

    assertEquals(List.of("out", "out/a", "out/b"), entries());
  }
}
