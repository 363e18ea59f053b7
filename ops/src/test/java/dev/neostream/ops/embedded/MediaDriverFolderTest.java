package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaDriverFolderTest {

  @TempDir Path folder;
  private Path shared;
  private RunFolder run;

  @BeforeEach
  void makeFolders() throws IOException {
    shared = Files.createDirectory(folder.resolve("shm"));
    run = new RunFolder(folder.resolve("run"));
    Files.createDirectories(run.tmp());
  }

  private static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static Path own(MediaDriverFolder made) {
    return made.driver().getParent();
  }

  @Test
  void shouldBeAnotherOneForItsOwnerAloneEachTime() throws IOException {
    try (var first = MediaDriverFolder.create(run, shared);
        var second = MediaDriverFolder.create(new RunFolder(folder.resolve("other")), shared)) {
      assertNotEquals(own(first), own(second));
      assertEquals(
          List.of(shared, shared),
          List.of(own(first), own(second)).stream().map(Path::getParent).toList());
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own(first))));
    }
    assertEquals(List.of(), in(shared));
    assertFalse(Files.exists(run.mediaDriver()));
  }

  @Test
  void shouldClearAwayWhatAKilledRunLeft() throws IOException {
    Path killed = own(MediaDriverFolder.create(run, shared));
    Files.createDirectories(killed.resolve("driver"));
    Files.writeString(killed.resolve("driver").resolve("cnc.dat"), "left");

    try (var next = MediaDriverFolder.create(run, shared)) {
      assertFalse(Files.exists(killed));
      assertEquals(List.of(own(next)), in(shared));
    }
  }

  @Test
  void shouldNotFollowALinkThatTookTheLeftoversPlace() throws IOException {
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Files.writeString(precious.resolve("thesis"), "years of work");
    Path killed = own(MediaDriverFolder.create(run, shared));
    Files.delete(killed);
    Files.createSymbolicLink(killed, precious);

    try (var next = MediaDriverFolder.create(run, shared)) {
      assertTrue(Files.isDirectory(own(next), LinkOption.NOFOLLOW_LINKS));
      assertEquals("years of work", Files.readString(precious.resolve("thesis")));
    }
  }

  @Test
  void shouldClearAwayNothingThatARunDoesNotMake() throws IOException {
    Path precious = Files.createDirectories(folder.resolve("neo-aeron-precious"));
    Path other = Files.createDirectories(shared.resolve("somebody"));
    for (Path named : List.of(precious, other, shared, shared.resolve("..").resolve("run"))) {
      run.write(run.mediaDriver(), new MediaDriverFolder.Remembered(named.toString()));
      MediaDriverFolder.create(run, shared).close();
    }

    assertTrue(Files.exists(precious));
    assertTrue(Files.exists(other));
    assertTrue(Files.exists(run.root()));
  }

  @Test
  void shouldUseTheRunsScratchFolderWhereThereIsNoSharedMemory() throws IOException {
    try (var made = MediaDriverFolder.create(run, folder.resolve("none"))) {
      assertEquals(run.tmp(), own(made).getParent());
    }
  }
}
