package dev.neostream.ops.eval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What came of a task.
 *
 * @param definition all that the task says, defaults included
 * @param questions how many were asked
 * @param truncated how many did not fit the model's context whole
 * @param scores by metric: of all, then of each group by its name
 */
public record TaskResult(
    String name,
    int version,
    JsonNode definition,
    List<Data> data,
    int questions,
    int truncated,
    List<Score> scores) {

  /**
   * A file that questions came from.
   *
   * @param sha256 hex
   * @param records that it holds
   * @param asked how many of them, from the first on
   */
  public record Data(String file, String sha256, int records, int asked) {}
}
