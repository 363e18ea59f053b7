package dev.neostream.schemas.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Running count of documents in one subtask of a stage. The sum over subtasks obeys {@code read =
 * emitted + rejected + duplicates + held} at every checkpoint.
 */
public final class DocumentCount {

  public long read;
  public long emitted;
  public long rejected;
  public long duplicates;
  public long held;

  /** Tokens in sealed blocks; tokenize only. */
  public long tokens;

  /** Sealed blocks; tokenize only. */
  public long blocks;

  /** Documents passed on, by {@code "<language> <domain>"}; clean only. */
  public final Map<String, Long> passed = new TreeMap<>();

  /** Returns the numbers by the names that state has for them; never changed. */
  Map<String, Long> byName() {
    var numbers = new LinkedHashMap<String, Long>();
    numbers.put("read", read);
    numbers.put("emitted", emitted);
    numbers.put("rejected", rejected);
    numbers.put("duplicates", duplicates);
    numbers.put("held", held);
    numbers.put("tokens", tokens);
    numbers.put("blocks", blocks);
    return numbers;
  }

  /**
   * Adds to the number of a name.
   *
   * @throws IllegalArgumentException if there is no such name
   */
  void add(String name, long number) {
    switch (name) {
      case "read" -> read += number;
      case "emitted" -> emitted += number;
      case "rejected" -> rejected += number;
      case "duplicates" -> duplicates += number;
      case "held" -> held += number;
      case "tokens" -> tokens += number;
      case "blocks" -> blocks += number;
      default ->
          throw new IllegalArgumentException(
              "a document count must be one of "
                  + String.join(", ", byName().keySet())
                  + ": name="
                  + name
                  + "; if a newer version wrote the state, restore it with that version");
    }
  }
}
