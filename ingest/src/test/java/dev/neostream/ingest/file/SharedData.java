package dev.neostream.ingest.file;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Test files that are not part of the repository but may lie beside it. */
public final class SharedData {

  private SharedData() {}

  /** Returns a path below {@code shared/data}; skips the test where there is none. */
  public static Path path(String name) {
    return below("shared/data", name);
  }

  /** Returns a path below {@code shared/cases}; skips the test where there is none. */
  public static Path ofCase(String name) {
    return below("shared/cases", name);
  }

  private static Path below(String shared, String name) {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve(shared))) {
      folder = folder.getParent();
    }
    Assumptions.assumeTrue(folder != null, shared + " must lie beside the repository");
    Path path = folder.resolve(shared).resolve(name);
    Assumptions.assumeTrue(Files.exists(path), shared + " must hold " + name);
    return path;
  }
}
