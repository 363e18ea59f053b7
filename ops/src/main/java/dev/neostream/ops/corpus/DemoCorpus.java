package dev.neostream.ops.corpus;

import dev.neostream.ops.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The demo's documents: Javadoc pages (English and Chinese) and sources of well-known libraries,
 * resolved by Maven from {@code ops/src/main/corpus/pom.xml}. Nothing is bundled.
 */
public final class DemoCorpus {

  private static final String COMPLETE = ".complete";

  private DemoCorpus() {}

  /**
   * Returns the archives, resolving them first if they are missing.
   *
   * @param home root of the project
   * @param say told what is being fetched
   */
  public static List<Path> resolve(Path home, Consumer<String> say) {
    Path pom = home.resolve("ops/src/main/corpus/pom.xml");
    Path folder = home.resolve("ops/target/corpus");
    try {
      String wanted = Files.readString(pom);
      Path complete = folder.resolve(COMPLETE);
      if (!Files.exists(complete) || !Files.readString(complete).equals(wanted)) {
        say.accept("Fetching the demo corpus through Maven (about 35 MB, once)");
        Files.createDirectories(folder);
        // What an earlier list named must not be read beside what this one names.
        for (Path old : archives(folder)) {
          Files.delete(old);
        }
        fetch(pom, folder);
        Files.writeString(complete, wanted);
      }
      return archives(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the demo corpus could not be read", e);
    }
  }

  private static List<Path> archives(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  private static void fetch(Path pom, Path folder) throws IOException {
    Process maven =
        new ProcessBuilder(
                "mvn",
                "-B",
                "-q",
                "-f",
                pom.toString(),
                "dependency:copy",
                "-Dcorpus.folder=" + folder)
            .redirectErrorStream(true)
            .start();
    maven.getOutputStream().close();
    String output = new String(maven.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int exit = maven.waitFor();
      if (exit != 0) {
        throw new UserError(
            "Maven must be able to resolve the demo corpus: exit code="
                + exit
                + ", first problem="
                + output
                    .lines()
                    .filter(line -> line.contains("ERROR"))
                    .findFirst()
                    .orElse(output.strip())
                + "; give your own documents with --input instead");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while fetching the demo corpus", e);
    }
  }
}
