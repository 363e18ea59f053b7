package dev.neostream.ingest.file;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Test files that are not part of the repository but may lie beside it. */
public final class SharedData {

  private SharedData() {}

  /** Returns a path below {@code shared/data}; skips the test where there is none. */
  public static Path path(String name) {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("shared/data"))) {
      folder = folder.getParent();
    }
    Assumptions.assumeTrue(folder != null, "shared/data must lie beside the repository");
    Path path = folder.resolve("shared/data").resolve(name);
    Assumptions.assumeTrue(Files.exists(path), "shared/data must hold " + name);
    return path;
  }
}
