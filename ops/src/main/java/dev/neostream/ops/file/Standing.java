package dev.neostream.ops.file;

import dev.neostream.dedup.Priority;
import dev.neostream.ingest.file.Item;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;

/**
 * What a document's priority comes from: crawl time, length, quality.
 *
 * <p>Crawl time is that of the archive; without one, the first of the fields {@code crawled_at},
 * {@code warc_date}, {@code date} and {@code timestamp} that is a time: ISO 8601 (UTC where it
 * names no zone) or a number, seconds since the epoch up to 10^11 and milliseconds from there.
 * Quality is the field {@code quality}.
 */
final class Standing {

  private static final List<String> TIMES = List.of("crawled_at", "warc_date", "date", "timestamp");
  private static final double FIRST_MILLIS = 1e11;

  private Standing() {}

  /** Returns the sort key of a document, smallest first. */
  static long key(Priority priority, Item.Document document, int bytes) {
    return priority.key(crawledAt(document), bytes, quality(document.attributes()));
  }

  /** Returns milliseconds since the epoch, 0 when unknown. */
  static long crawledAt(Item.Document document) {
    if (document.crawledAtMillis() > 0) {
      return document.crawledAtMillis();
    }
    for (String field : TIMES) {
      long millis = millis(document.attributes().getOrDefault(field, ""));
      if (millis > 0) {
        return millis;
      }
    }
    return 0;
  }

  private static float quality(Map<String, String> attributes) {
    try {
      return Float.parseFloat(attributes.getOrDefault("quality", "NaN"));
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }

  /** Returns the time that JSON text stands for, 0 if it is none. */
  private static long millis(String json) {
    try {
      if (!json.startsWith("\"")) {
        double number = Double.parseDouble(json);
        return (long) (number < FIRST_MILLIS ? number * 1e3 : number);
      }
      String text = json.substring(1, json.length() - 1).trim().replace(' ', 'T');
      if (text.length() == "2026-01-31".length()) {
        return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
      }
      return instant(text).toEpochMilli();
    } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
      return 0;
    }
  }

  private static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }
  }
}
