package dev.neostream.ops.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a run runs on, in words. Nothing that tells whose machine it is. */
public final class Machine {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Returns such as {@code 2 cores (EPYC 7B13), 7.8 GiB of memory, Linux 6.1 amd64}. */
  public static String words() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        Locale.ROOT,
        "%d cores%s, %.1f GiB of memory, %s %s %s",
        Runtime.getRuntime().availableProcessors(),
        processor().map(name -> " (" + name + ")").orElse(""),
        system.getTotalMemorySize() / (double) (1 << 30),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("os.arch"));
  }

  /** Returns the processor's name where Linux tells it. */
  private static Optional<String> processor() {
    if (!Files.isReadable(PROCESSORS)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
