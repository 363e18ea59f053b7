package dev.neostream.ops.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Coverage-guided fuzzing of everything that reads what strangers wrote: a million inputs each in a
 * JVM of 512 MB, none of which may crash it, fill it or take more than a second.
 */
@Tag("nightly")
class FuzzTest {

  private static final int INPUTS = 1_000_000;
  private static final int SECONDS_AN_INPUT = 1;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      classes = {
        WarcTarget.class,
        JsonLinesTarget.class,
        HttpBodyTarget.class,
        GzipTarget.class,
        ParquetTarget.class,
        ZipTarget.class,
        TarTarget.class,
        HtmlTarget.class,
        CharsetTarget.class,
        UrlListTarget.class,
        ProfileTarget.class
      })
  void shouldSurviveAMillionInputs(Class<?> target) throws Exception {
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    List<byte[]> examples = seeds(target);
    for (int i = 0; i < examples.size(); i++) {
      Files.write(seeds.resolve("seed-" + i), examples.get(i));
    }
    Path log = folder.resolve("log");

    int exit = fuzz(target, seeds, log);

    String printed = Files.readString(log, StandardCharsets.UTF_8);
    String end = printed.substring(Math.max(0, printed.length() - 4_000));
    assertEquals(0, exit, end);
    assertTrue(printed.contains("Done " + INPUTS + " runs"), end);
  }

  @SuppressWarnings("unchecked")
  private static List<byte[]> seeds(Class<?> target) throws ReflectiveOperationException {
    return (List<byte[]>) target.getDeclaredMethod("seeds").invoke(null);
  }

  private int fuzz(Class<?> target, Path seeds, Path log) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Djava.io.tmpdir=" + folder));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + target.getName());
    command.add("--instrumentation_includes=dev.neostream.**");
    command.add("--custom_hook_includes=dev.neostream.**");
    command.add("--reproducer_path=" + folder);
    command.add("-artifact_prefix=" + folder + "/");
    command.add("-runs=" + INPUTS);
    command.add("-timeout=" + SECONDS_AN_INPUT);
    command.add("-max_len=16384");
    command.add("-seed=1");
    command.add(seeds.toString());
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start()
        .waitFor();
  }
}
