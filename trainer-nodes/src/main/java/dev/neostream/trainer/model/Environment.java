package dev.neostream.trainer.model;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What computes a step, as far as the bits of its result may depend on it. Where two are equal, so
 * are the bits; where they are not, sums may be taken in another order.
 */
public final class Environment {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  /** What libtorch's widest kernels need, as it asks the processor. */
  private static final Set<String> AVX512 =
      Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "fma");

  private static final Set<String> AVX2 = Set.of("avx2", "fma");

  private Environment() {}

  /**
   * Returns this process's environment in words.
   *
   * @param ranks how many add up their gradients
   */
  public static String words(int ranks) {
    List<String> processors;
    try {
      processors = Files.readAllLines(PROCESSORS);
    } catch (IOException e) {
      processors = List.of();
    }
    Engine engine = Engine.getInstance();
    return "%s %s, %s, %s, float32, ranks=%d"
        .formatted(
            engine.getEngineName(),
            engine.getVersion(),
            engine.defaultDevice().getDeviceType(),
            processor(processors, System.getenv()),
            ranks);
  }

  /**
   * Returns a processor's name, by which the matrix library chooses its kernels, and the vector
   * units that libtorch uses of it.
   *
   * @param lines of /proc/cpuinfo
   * @param environment {@code ATEN_CPU_CAPABILITY} in it says what libtorch must not go beyond
   */
  static String processor(List<String> lines, Map<String, String> environment) {
    Set<String> flags = new HashSet<>(Arrays.asList(field(lines, "flags").split(" ")));
    String units =
        switch (environment.getOrDefault("ATEN_CPU_CAPABILITY", "")) {
          case "default" -> "default";
          case "avx2" -> "avx2";
          default ->
              flags.containsAll(AVX512) ? "avx512" : flags.containsAll(AVX2) ? "avx2" : "default";
        };
    String name = field(lines, "model name");
    return (name.isEmpty() ? System.getProperty("os.arch") : name) + " with " + units;
  }

  private static String field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }
}
