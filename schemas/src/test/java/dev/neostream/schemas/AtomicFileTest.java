package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void shouldReplaceWhatWasThereAndLeaveNothingElse() throws IOException {
    Path file = folder.resolve("state.bin");
    AtomicFile.write(file, new byte[100_000]);
    AtomicFile.write(file, new byte[] {1, 2, 3});

    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(file));
    assertEquals(List.of("state.bin"), names());
  }

  @Test
  void shouldTakeTheLeftoverOfAKilledWriterAway() throws IOException {
    Files.writeString(folder.resolve(".state.bin.partial"), "half of what should ha");

    AtomicFile.write(folder.resolve("state.bin"), new byte[] {7});

    assertArrayEquals(new byte[] {7}, Files.readAllBytes(folder.resolve("state.bin")));
    assertEquals(List.of("state.bin"), names());
  }

  @Test
  void shouldNotWriteThroughALinkThatLiesInTheWay() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "untouched");
    Files.createSymbolicLink(folder.resolve(".state.bin.partial"), victim);

    AtomicFile.write(folder.resolve("state.bin"), new byte[] {7});

    assertEquals("untouched", Files.readString(victim));
    assertArrayEquals(new byte[] {7}, Files.readAllBytes(folder.resolve("state.bin")));
    assertEquals(List.of("state.bin", "victim"), names());
  }

  @Test
  void shouldKeepAFilePrivateFromItsFirstByteOn() throws IOException {
    Path file = folder.resolve("secret");
    Path leftover = Files.writeString(folder.resolve(".secret.partial"), "half");
    Files.setPosixFilePermissions(leftover, PosixFilePermissions.fromString("rw-rw-rw-"));

    AtomicFile.write(
        file,
        new byte[] {7},
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void shouldKeepTheOldFileWhenTheNewOneCannotBeWritten() throws IOException {
    Path file = folder.resolve("state.bin");
    Files.createDirectories(folder.resolve(".state.bin.partial").resolve("in the way"));
    Files.writeString(file, "old");

    assertThrows(IOException.class, () -> AtomicFile.write(file, new byte[] {1}));
    assertEquals("old", Files.readString(file));
    assertThrows(IOException.class, () -> AtomicFile.write(folder.resolve("none/x"), new byte[1]));
  }
}
