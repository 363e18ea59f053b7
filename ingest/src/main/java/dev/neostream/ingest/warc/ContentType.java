package dev.neostream.ingest.warc;

import java.util.Locale;
import java.util.Optional;

/**
 * A Content-Type header, read as browsers do: what follows a malformed part is ignored.
 *
 * @param name type and subtype in lower case
 * @param charset value of the charset parameter
 */
record ContentType(String name, Optional<String> charset) {

  static ContentType parse(String header) {
    String[] parts = header.split(";");
    String name = parts.length == 0 ? "" : parts[0];
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      if (part.regionMatches(true, 0, "charset", 0, 7) && part.indexOf('=') >= 0) {
        String value = part.substring(part.indexOf('=') + 1).replaceAll("[\"'\\s]", "");
        return new ContentType(essence(name), Optional.of(value).filter(v -> !v.isEmpty()));
      }
    }
    return new ContentType(essence(name), Optional.empty());
  }

  /** Returns what a header says; empty if that is no type. */
  static Optional<ContentType> known(String header) {
    return Optional.of(parse(header)).filter(type -> !type.isUnknown());
  }

  private static String essence(String name) {
    String stripped = name.strip();
    int end = 0;
    while (end < stripped.length() && " \t,".indexOf(stripped.charAt(end)) < 0) {
      end++;
    }
    return stripped.substring(0, end).toLowerCase(Locale.ROOT);
  }

  /**
   * Whether it says no more than that the type is not known (WHATWG MIME Sniffing, section 7; ARC's
   * no-type).
   */
  boolean isUnknown() {
    return switch (name) {
      case "", "unknown/unknown", "application/unknown", "*/*", "no-type" -> true;
      default -> false;
    };
  }
}
