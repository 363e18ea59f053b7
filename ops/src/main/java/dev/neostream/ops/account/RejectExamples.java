package dev.neostream.ops.account;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.RejectedDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A few rejects of each rule: those of the least ids, so that they are the same whatever order the
 * records come in. Not thread-safe.
 */
public final class RejectExamples {

  /** Examples a rule. */
  public static final int MOST = 3;

  /** Rules that are shown; a bound, should reasons ever be a stranger's to choose. */
  private static final int MOST_RULES = 500;

  private static final int LONGEST = 160;

  private static final Comparator<Example> BY_DOCUMENT =
      Comparator.comparing(Example::id)
          .thenComparing(Example::document)
          .thenComparing(Example::value);

  /**
   * A rejected document.
   *
   * @param id its id; empty where the record was too broken to have one
   * @param document its url, else where it was read; shortened
   * @param value what was measured or found; shortened
   * @param threshold what the rule asks for; shortened
   */
  public record Example(
      Stage stage, String reason, String id, String document, String value, String threshold) {

    /** Returns a reject as an example, with no text longer than a line. */
    static Example of(RejectedDocument reject) {
      String document =
          reject.getUrl().isBlank()
              ? reject.getSource() + " " + reject.getFile() + " at " + reject.getOffset()
              : reject.getUrl();
      return new Example(
          Stage.of(reject),
          reject.getReason(),
          reject.getId(),
          shortened(document),
          shortened(reject.getValue()),
          shortened(reject.getThreshold()));
    }
  }

  private record Rule(Stage stage, String reason) implements Comparable<Rule> {

    @Override
    public int compareTo(Rule other) {
      int stages = stage.compareTo(other.stage);
      return stages == 0 ? reason.compareTo(other.reason) : stages;
    }
  }

  private final SortedMap<Rule, List<Example>> examples = new TreeMap<>();

  /** Takes note of a reject. */
  public void add(RejectedDocument reject) {
    var rule = new Rule(Stage.of(reject), reject.getReason());
    if (!examples.containsKey(rule) && examples.size() == MOST_RULES) {
      return;
    }
    List<Example> known = examples.computeIfAbsent(rule, key -> new ArrayList<>());
    known.add(Example.of(reject));
    known.sort(BY_DOCUMENT);
    if (known.size() > MOST) {
      known.remove(MOST);
    }
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " ...";
  }

  /** Returns the examples by stage, then rule. */
  public List<Example> list() {
    return examples.values().stream().flatMap(List::stream).toList();
  }
}
