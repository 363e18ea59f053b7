package dev.neostream.ops.report;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Numbers as a report shows them. */
final class Numbers {

  private Numbers() {}

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /** Returns a share as per cent, with one decimal. */
  static String percent(double share) {
    return format("%.1f %%", 100 * share);
  }

  /** Returns such as {@code 2 h 5 min 0 s}. */
  static String duration(Duration length) {
    Duration seconds = Duration.ofSeconds(Math.round(length.toMillis() / 1e3));
    return (seconds.toHours() > 0 ? count(seconds.toHours()) + " h " : "")
        + (seconds.toMinutes() > 0 ? seconds.toMinutesPart() + " min " : "")
        + seconds.toSecondsPart()
        + " s";
  }

  /** Returns such as {@code 2026-02-03 04:05:06 UTC}. */
  static String time(long milliseconds) {
    return Instant.ofEpochMilli(milliseconds)
        .truncatedTo(ChronoUnit.SECONDS)
        .toString()
        .replace("T", " ")
        .replace("Z", " UTC");
  }
}
