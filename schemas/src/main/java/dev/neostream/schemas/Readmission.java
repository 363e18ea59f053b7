package dev.neostream.schemas;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mark of a document that is read again because a takedown took the one whose duplicate it was.
 *
 * @param takedown last version of that takedown: what it names must be forgotten before the
 *     document is compared with anything
 * @param document DocumentId under which it was read first
 */
public record Readmission(int takedown, String document) {

  /** Name of the attribute; ingest rejects what has it and was not read again. */
  public static final String ATTRIBUTE = "neo.readmission";

  private static final Pattern MARK = Pattern.compile("(\\d{1,9}) ([0-9a-f]{32})");
  private static final Pattern SOURCE = Pattern.compile("takedown/\\d{1,9}");

  /**
   * Returns the name of the input that reads a takedown's documents again.
   *
   * @param first version of its first record
   */
  public static String source(int first) {
    return "takedown/" + first;
  }

  /** Whether an input of that name reads documents again. */
  public static boolean isSource(String source) {
    return SOURCE.matcher(source).matches();
  }

  /** Returns the mark among the attributes of a document. */
  public static Optional<Readmission> of(Map<String, String> attributes) {
    Matcher mark = MARK.matcher(attributes.getOrDefault(ATTRIBUTE, ""));
    return mark.matches()
        ? Optional.of(new Readmission(Integer.parseInt(mark.group(1)), mark.group(2)))
        : Optional.empty();
  }

  /** Returns the value of the attribute. */
  @Override
  public String toString() {
    return takedown + " " + document;
  }
}
