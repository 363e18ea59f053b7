package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  @TempDir Path folder;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static Map<String, String> made(RunFolder run) throws IOException {
    try (FileLock lock = run.lock()) {
      run.writeSpec(RunSpec.demo(10));
      run.writeAddress(new RunFolder.Address(Map.of("bootstrap.servers", "127.0.0.1:1"), 2));
      run.writePage("http://127.0.0.1:5/#token");
      run.write(run.status(), Map.of("state", "running"));
      run.writeText(run.logs().resolve("deep").resolve("er.log"), "line");
    }
    var modes = new TreeMap<String, String>();
    try (Stream<Path> files = Files.walk(run.root())) {
      for (Path file : files.filter(file -> !file.equals(run.root())).toList()) {
        modes.put(run.root().relativize(file).toString(), mode(file));
      }
    }
    return modes;
  }

  @Test
  void shouldRefuseDataOfARunThatNothingDefines() throws IOException {
    var run = new RunFolder(folder.resolve("run"));
    run.requireSpecOfData();
    try (FileLock lock = run.lock()) {
      run.requireSpecOfData();
      run.writeSpec(RunSpec.demo(10));
      Files.createDirectory(run.kafka().resolve("raw.documents-0"));
    }
    run.requireSpecOfData();
    Path spec = run.root().resolve("config.resolved.yaml");
    Files.delete(spec);

    UserError refused = assertThrows(UserError.class, run::requireSpecOfData);

    assertEquals(
        "a folder with a run's data must hold what the run is: data="
            + run.kafka()
            + ", missing="
            + spec
            + "; bring the file back, or choose another --dir",
        refused.getMessage());
  }

  @Test
  void shouldForgetWhereAKilledRunWasReached() throws IOException {
    var run = new RunFolder(folder.resolve("run"));
    made(run);
    assertTrue(run.address().isEmpty(), "nobody holds the lock");
    assertTrue(run.pageUrl().isEmpty(), "nobody holds the lock");
    try (FileLock lock = run.lock()) {
      assertTrue(run.address().isEmpty(), "the next start has not said yet where it is");
      assertTrue(run.pageUrl().isEmpty(), "the token of the start before opens nothing");
      run.writePage("http://127.0.0.1:6/#other");
      assertEquals("http://127.0.0.1:6/#other", run.pageUrl().orElseThrow());
      run.writeAddress(new RunFolder.Address(Map.of("bootstrap.servers", "127.0.0.1:3"), 4));
      assertEquals(4, run.address().orElseThrow().metricsPort());
    }
  }

  @Test
  void shouldBeForItsOwnerAlone() throws IOException {
    var run = new RunFolder(folder.resolve("above").resolve("run"));

    Map<String, String> modes = made(run);

    assertEquals("rwx------", mode(run.root()));
    assertEquals("rw-------", modes.get("address.json"));
    assertEquals("rw-------", modes.get("page.json"));
    assertEquals("rw-------", modes.get("status.json"));
    assertEquals("rwx------", modes.get("logs"));
    modes.forEach(
        (name, mode) ->
            assertEquals(
                Files.isDirectory(run.root().resolve(name)) ? "rwx------" : "rw-------",
                mode,
                name));
  }

  @Test
  void shouldKeepPrivateWhatItMakesInAFolderThatOthersCanRead() throws IOException {
    Path root = Files.createDirectory(folder.resolve("given"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));

    Map<String, String> modes = made(new RunFolder(root));

    assertEquals("rwxr-xr-x", mode(root));
    modes.forEach((name, mode) -> assertEquals("------", mode.substring(3), name));
  }

  @Test
  void shouldNotMakeAFileThroughALinkInPlaceOfItsLock() throws IOException {
    Path victim = folder.resolve("victim");
    Files.createSymbolicLink(folder.resolve(".lock"), victim);

    assertThrows(UserError.class, () -> new RunFolder(folder).lock());
    assertEquals(false, Files.exists(victim));
  }
}
