package dev.neostream.ops;

import dev.neostream.ops.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code ops/neo}, as a user starts it, or another main class, in a process of its own. */
public final class NeoProcess {

  private static final long PATIENCE_MINUTES = 6;
  private static final long LOOK_EVERY_MS = 10;

  private final Process process;
  private final Path output;

  private NeoProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a verb.
   *
   * @param output file that gets what it prints
   */
  public static NeoProcess start(Path output, List<String> arguments) throws IOException {
    return start(output, Main.class, arguments);
  }

  /** Starts a verb where numbers are written in other digits. */
  public static NeoProcess startInEgypt(Path output, List<String> arguments) throws IOException {
    return start(
        output, arguments, Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.country=EG"));
  }

  /** Starts a verb with more in its environment. */
  static NeoProcess start(Path output, List<String> arguments, Map<String, String> environment)
      throws IOException {
    return start(output, Main.class, arguments, environment);
  }

  /** Starts another main class than that of {@code ops/neo}. */
  public static NeoProcess start(Path output, Class<?> main, List<String> arguments)
      throws IOException {
    return start(output, main, arguments, Map.of());
  }

  private static NeoProcess start(
      Path output, Class<?> main, List<String> arguments, Map<String, String> environment)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // As surefire's own: such a process ends before optimised code pays for itself.
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
    command.addAll(arguments);
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().putAll(environment);
    return new NeoProcess(builder.start(), output);
  }

  public Process process() {
    return process;
  }

  public String printed() throws IOException {
    return Files.readString(output);
  }

  /** Waits for the end and returns the exit code. */
  public int await() throws InterruptedException, IOException {
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      kill();
      throw new AssertionError("the process must end: " + printed());
    }
    return process.exitValue();
  }

  /**
   * Waits until something can be seen in the run folder.
   *
   * @throws AssertionError if the process ends before
   */
  public void await(String what, Condition condition) throws IOException, InterruptedException {
    while (!condition.holds()) {
      if (process.waitFor(LOOK_EVERY_MS, TimeUnit.MILLISECONDS) && !condition.holds()) {
        throw new AssertionError("the process ended before " + what + ": " + printed());
      }
    }
  }

  /** Something that is true or not yet. */
  public interface Condition {
    boolean holds() throws IOException;
  }

  /** Sends a signal to the process and everything it started. */
  void signal(String name) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("kill", "-" + name));
    all().forEach(each -> command.add(Long.toString(each.pid())));
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new AssertionError("every process must get the signal: " + command);
    }
  }

  private List<ProcessHandle> all() {
    try (Stream<ProcessHandle> descendants = process.descendants()) {
      var all = new ArrayList<>(descendants.toList());
      all.add(process.toHandle());
      return all;
    }
  }

  /** kill -9 of the process and everything it started. */
  public void kill() {
    List<ProcessHandle> all = all();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(handle -> handle.onExit().join());
  }

  /** Asks the process to stop, as kill and Ctrl-C do. */
  public void terminate() {
    process.destroy();
  }
}
