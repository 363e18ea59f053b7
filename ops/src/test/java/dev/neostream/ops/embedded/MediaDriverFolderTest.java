package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.run.RunFolder;
import dev.neostream.trainer.collective.RingMember;
import dev.neostream.trainer.collective.aeron.AeronTransport;
import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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

  private static long bytesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static AeronTransport transport(MediaDriver driver, int rank) {
    return new AeronTransport(
        Path.of(driver.aeronDirectoryName()),
        1000,
        new RingMember(7L, 1, rank, 2, Duration.ofSeconds(120)));
  }

  @Test
  void shouldBeAnotherOneForItsOwnerAloneEachTime() throws IOException {
    try (var first = MediaDriverFolder.create(run, shared, 1);
        var second = MediaDriverFolder.create(new RunFolder(folder.resolve("other")), shared, 1)) {
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
    Path killed = own(MediaDriverFolder.create(run, shared, 1));
    Files.createDirectories(killed.resolve("driver"));
    Files.writeString(killed.resolve("driver").resolve("cnc.dat"), "left");

    try (var next = MediaDriverFolder.create(run, shared, 1)) {
      assertFalse(Files.exists(killed));
      assertEquals(List.of(own(next)), in(shared));
    }
  }

  @Test
  void shouldNotFollowALinkThatTookTheLeftoversPlace() throws IOException {
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Files.writeString(precious.resolve("thesis"), "years of work");
    Path killed = own(MediaDriverFolder.create(run, shared, 1));
    Files.delete(killed);
    Files.createSymbolicLink(killed, precious);

    try (var next = MediaDriverFolder.create(run, shared, 1)) {
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
      MediaDriverFolder.create(run, shared, 1).close();
    }

    assertTrue(Files.exists(precious));
    assertTrue(Files.exists(other));
    assertTrue(Files.exists(run.root()));
  }

  @Test
  void shouldUseTheRunsScratchFolderWhereThereIsNoSharedMemory() throws IOException {
    try (var made = MediaDriverFolder.create(run, folder.resolve("none"), 1)) {
      assertEquals(run.tmp(), own(made).getParent());
    }
  }

  @Test
  void shouldUseTheRunsScratchFolderWhereSharedMemoryIsTooSmall() throws IOException {
    long there = Files.getFileStore(shared).getTotalSpace();

    try (var made = MediaDriverFolder.create(run, shared, there + 1)) {
      assertEquals(run.tmp(), own(made).getParent());
      assertEquals(List.of(), in(shared));
    }
  }

  /** Docker gives a container 64 MB of shared memory. */
  @Test
  void shouldAskForWhatADriverTakes() throws IOException {
    long asked = EmbeddedEngines.driverBytes(2, 0);
    assertTrue(EmbeddedEngines.driverBytes(2, 3) > 64 << 20);
    try (var made = MediaDriverFolder.create(run, shared, asked);
        var driver =
            MediaDriver.launch(
                EmbeddedEngines.mediaDriver(made.driver(), Duration.ofSeconds(120)));
        var first = transport(driver, 0);
        var second = transport(driver, 1)) {
      assertEquals(0, first.member().rank());
      assertEquals(1, second.member().rank());
      long taken = bytesIn(made.driver());
      assertTrue(taken > asked / 2, taken + " of " + asked);
      assertTrue(taken <= asked, taken + " of " + asked);
      // Whoever is silent for less than the ring's deadline is not given up.
      assertEquals(120_000_000_000L, driver.context().clientLivenessTimeoutNs());
    }
  }
}
