package dev.neostream.ops.run;

import dev.neostream.ops.monitor.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One start of a run: a run that was stopped or killed has several.
 *
 * @param at when, milliseconds since the epoch
 * @param until when it ended; 0 while it runs, and after a kill until the next start
 * @param command what the user typed
 * @param version of this program
 * @param java of its virtual machine
 * @param machine processors, memory, operating system
 */
public record Start(
    long at, long until, String command, String version, String java, String machine) {

  /** Returns how long it was at work. */
  public Duration length() {
    return Duration.ofMillis(Math.max(0, until - at));
  }

  /** Returns the starts of a run so far, in order. */
  public static List<Start> all(RunFolder folder) {
    return folder.read(file(folder), Start[].class).map(Arrays::asList).orElse(List.of());
  }

  /** Notes a start. One before it that was killed ended when its last state was written. */
  public static void begin(RunFolder folder, Start start) {
    List<Start> starts = new ArrayList<>(all(folder));
    if (!starts.isEmpty() && last(starts).until == 0) {
      long seen =
          folder.read(folder.status(), Status.class).map(Status::updatedAt).orElse(start.at);
      replaceLast(starts, Math.max(last(starts).at, seen));
    }
    starts.add(start);
    folder.write(file(folder), starts);
  }

  /** Notes that the newest start has ended. */
  public static void end(RunFolder folder, long at) {
    List<Start> starts = new ArrayList<>(all(folder));
    replaceLast(starts, at);
    folder.write(file(folder), starts);
  }

  private static Start last(List<Start> starts) {
    return starts.get(starts.size() - 1);
  }

  private static void replaceLast(List<Start> starts, long until) {
    Start last = last(starts);
    starts.set(
        starts.size() - 1,
        new Start(last.at, until, last.command, last.version, last.java, last.machine));
  }

  private static Path file(RunFolder folder) {
    return folder.root().resolve("starts.json");
  }
}
