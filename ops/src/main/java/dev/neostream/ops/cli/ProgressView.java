package dev.neostream.ops.cli;

import dev.neostream.ops.Printable;
import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.Stage;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the user watches: rows redrawn in place on a terminal, whatever size its window has, one
 * line every 30 seconds otherwise.
 */
final class ProgressView {

  private static final long QUIET_PERIOD_NS = 30_000_000_000L;
  private static final int BAR = 30;
  private static final int NEWEST = 5;

  private final PrintStream out;
  private final Supplier<Optional<WindowSize>> window;
  private WindowSize drawnIn = WindowSize.STANDARD;
  private int drawn;
  private long lastLineAt = System.nanoTime() - QUIET_PERIOD_NS;
  private long firstStep = -1;
  private long firstStepAt;

  /**
   * @param window the present size of the terminal's window; empty if {@code out} is none
   */
  ProgressView(PrintStream out, Supplier<Optional<WindowSize>> window) {
    this.out = out;
    this.window = window;
  }

  /** Prints a message of its own line, above the view. */
  synchronized void say(String message) {
    window.get().ifPresent(this::goToTop);
    out.println(Printable.of(message));
    out.flush();
  }

  synchronized void show(Status status) {
    String eta = eta(status);
    Optional<WindowSize> size = window.get();
    if (size.isPresent()) {
      List<String> lines = lines(status);
      lines.add("eta       " + eta);
      draw(lines, size.get());
    } else if (System.nanoTime() - lastLineAt >= QUIET_PERIOD_NS) {
      lastLineAt = System.nanoTime();
      out.println(Printable.of(line(status) + ", eta " + eta));
      out.flush();
    }
  }

  private void draw(List<String> lines, WindowSize size) {
    // The last column stays free: some terminals go to the next row once it is written.
    List<String> rows = Rows.of(lines, Math.max(2, size.columns() - 1));
    // So does the last row, where the cursor is.
    List<String> seen = rows.subList(0, Math.min(rows.size(), Math.max(1, size.rows() - 1)));
    goToTop(size);
    seen.forEach(out::println);
    drawn = seen.size();
    out.flush();
  }

  /** Goes to where the view began, and leaves nothing below. */
  private void goToTop(WindowSize size) {
    if (!size.equals(drawnIn)) {
      // Who knows where a window of another size has its rows now.
      out.print("\033[H\033[2J");
    } else if (drawn > 0) {
      out.print("\033[" + drawn + "A\033[J");
    }
    drawnIn = size;
    drawn = 0;
  }

  private String eta(Status status) {
    long step = status.training().step();
    if (step < 0) {
      return "after the first steps";
    }
    if (firstStep < 0) {
      firstStep = step;
      firstStepAt = System.nanoTime();
    }
    if (step == firstStep) {
      return "after the next steps";
    }
    double secondsAStep = (System.nanoTime() - firstStepAt) / 1e9 / (step - firstStep);
    long seconds = Math.round(secondsAStep * (status.training().steps() - 1 - step));
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }

  private static String line(Status status) {
    Status.Training training = status.training();
    CountBook.Counts tokenize = status.stages().get(Stage.TOKENIZE);
    String documents =
        format(
            "%s: %,d documents in, %,d clean, %,d unique, %,d tokens; ",
            status.state(),
            status.ingest().written(),
            status.stages().get(Stage.CLEAN).emitted(),
            tokenize.read(),
            tokenize.tokens());
    if (training.step() < 0) {
      return documents + "no step yet";
    }
    return documents
        + format(
            "step %,d of %,d, %s, loss %.3f, %,.0f tokens/s",
            training.step() + 1,
            training.steps(),
            training.phase(),
            training.loss(),
            training.tokensPerSecond());
  }

  /** Returns the full view of a state, as {@link Rows} takes it. */
  static List<String> lines(Status status) {
    Status.Training training = status.training();
    var lines = new ArrayList<String>();
    lines.add(
        "state     "
            + status.state()
            + (status.problem().isEmpty() ? "" : ": " + status.problem()));
    lines.add(
        format(
            "ingest    %,d~read =~%,d~written +~%,d~rejected%s",
            status.ingest().read(),
            status.ingest().written(),
            status.ingest().rejected(),
            status.ingest().finished() ? ", finished" : ""));
    for (var entry : status.stages().entrySet()) {
      Stage stage = entry.getKey();
      CountBook.Counts counts = entry.getValue();
      lines.add(
          format(
                  "%-9s %,d~read =~%,d~on +~%,d~rejected +~%,d~duplicates +~%,d~held",
                  stage,
                  counts.read(),
                  counts.emitted(),
                  counts.rejected(),
                  counts.duplicates(),
                  counts.held())
              + rate(status, stage));
    }
    lines.add(
        "blocks    "
            + status.blocks().entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("heldout."))
                .map(entry -> format("%s~%,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("   ")));
    lines.add("training  " + bar(training) + " " + training.phase());
    ranks(status.ranks()).ifPresent(lines::add);
    if (!status.waiting().isEmpty()) {
      lines.add("waiting   " + status.waiting());
    }
    if (training.step() >= 0) {
      lines.add(
          format(
              "          loss~%.3f   learning~rate~%.2e   gradient~norm~%.2f   %,.0f~tokens/s   sync~%.0f~%%",
              training.loss(),
              training.learningRate(),
              training.gradientNorm(),
              training.tokensPerSecond(),
              100 * training.syncShare()));
      lines.add(
          "mixture   "
              + "plan "
              + status.mixture().planVersion()
              + ": "
              + status.mixture().weights().entrySet().stream()
                  .map(
                      entry ->
                          format(
                              "%s~%.1f~%%~(%,d~of~%.1f~rows)",
                              entry.getKey(),
                              100 * entry.getValue(),
                              status.mixture().delivered().getOrDefault(entry.getKey(), 0L),
                              status.mixture().asked().getOrDefault(entry.getKey(), 0.0)))
                  .collect(Collectors.joining("   ")));
      Map<Long, Double> heldOut = status.heldOut();
      if (!heldOut.isEmpty()) {
        lines.add(
            "held-out  "
                + heldOut.entrySet().stream()
                    .skip(Math.max(0, heldOut.size() - NEWEST))
                    .map(entry -> format("step~%d:~%.3f", entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining("   "))
                + takenDown(status.heldOutSet()));
      } else if (!status.heldOutSet().missing().isEmpty()) {
        lines.add("held-out  not evaluated yet: " + status.heldOutSet().missing());
      }
    }
    List<Status.Evaluated> scores =
        status.evaluations().stream().filter(score -> score.group().equals("all")).toList();
    if (!scores.isEmpty()) {
      lines.add(
          "eval      "
              + scores.stream()
                  .map(
                      score ->
                          format(
                              "%s~%s~%.4f~(chance~%.4f,~step~%d)",
                              score.task().replace(' ', '_'),
                              score.metric(),
                              score.value(),
                              score.chance(),
                              score.step()))
                  .collect(Collectors.joining("   ")));
    }
    if (status.checkpointStep() >= 0) {
      lines.add("saved     step " + status.checkpointStep() + " in " + status.checkpointPath());
    }
    return lines;
  }

  /** Returns what the newest wish for another number of ranks has come to, if there was one. */
  private static Optional<String> ranks(Status.Ranks ranks) {
    if (ranks.askedAt() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        format(
                "ranks     %d   %d~->~%d at~%s by ",
                ranks.training(),
                ranks.before(),
                ranks.asked(),
                Instant.ofEpochMilli(ranks.askedAt()).truncatedTo(ChronoUnit.SECONDS))
            + ranks.author()
            + (ranks.reason().isEmpty() ? "" : ": " + ranks.reason()));
  }

  /** What has ended has no rate. */
  private static String rate(Status status, Stage stage) {
    double rate = status.documentsPerSecond().getOrDefault(stage, 0.0);
    return status.state().equals("running") && rate > 0 ? format("   %,.0f~documents/s", rate) : "";
  }

  private static String takenDown(Status.HeldOutSet set) {
    return set.withdrawn() == 0
        ? ""
        : format("   on~%,d~tokens,~%,d~blocks~taken~down", set.tokens(), set.withdrawn());
  }

  private static String bar(Status.Training training) {
    double done = (training.step() + 1) / (double) training.steps();
    int full = (int) (done * BAR);
    return "["
        + "#".repeat(full)
        + ".".repeat(BAR - full)
        + format("] step~%,d~of~%,d", training.step() + 1, training.steps());
  }

  /**
   * @param pattern a pattern of {@link String#format} in which {@code ~} is a space where no row
   *     ends
   */
  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern.replace('~', Rows.GLUE), values);
  }
}
