package dev.neostream.ops.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.mixture.WeightChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Weights of domains in files, YAML or JSON: those of one moment, and those of a schedule. */
public final class MixtureFile {

  private MixtureFile() {}

  /**
   * Returns the weights in a file of {@code domain: weight}, as whoever proposes a mixture writes
   * them; only their ratios count.
   *
   * @throws UserError if the file is no such thing
   */
  public static SortedMap<String, Double> weights(Path file) {
    SpecSource source = source(file);
    return weights(source, source.tree(), "");
  }

  /**
   * Returns the changes in a file that is a list of
   *
   * <pre>
   *   - at: 100
   *     weights: {code: 0.6, en.web: 0.4}
   *     ramp: 50         # if shares are to go there linearly
   * </pre>
   *
   * @throws UserError if the file is no such thing
   */
  public static List<WeightChange> schedule(Path file) {
    SpecSource source = source(file);
    require(
        source,
        source.tree().isArray() && !source.tree().isEmpty(),
        "",
        "a schedule must be a list of at, weights and ramp: file=" + file);
    var changes = new ArrayList<WeightChange>();
    for (int i = 0; i < source.tree().size(); i++) {
      JsonNode entry = source.tree().get(i);
      String pointer = "/" + i;
      require(
          source, entry.isObject(), pointer, "a change must have at and weights: given=" + entry);
      for (Map.Entry<String, JsonNode> field : entry.properties()) {
        require(
            source,
            List.of("at", "weights", "ramp").contains(field.getKey()),
            pointer + "/" + field.getKey(),
            "a change must say at, weights and ramp alone: "
                + field.getKey()
                + "="
                + field.getValue());
      }
      long at = steps(source, entry, pointer, "at");
      long ramp = entry.has("ramp") ? steps(source, entry, pointer, "ramp") : 0;
      require(source, entry.has("weights"), pointer, "a change must have weights: at=" + at);
      SortedMap<String, Double> weights =
          weights(source, entry.get("weights"), pointer + "/weights");
      try {
        changes.add(new WeightChange(at, weights, ramp));
      } catch (IllegalArgumentException e) {
        require(source, false, pointer, e.getMessage());
      }
    }
    return changes;
  }

  private static SpecSource source(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw UserError.usage("FILE must be a readable file: file=" + file);
    }
    return SpecSource.file(file);
  }

  private static long steps(SpecSource source, JsonNode entry, String pointer, String name) {
    JsonNode value = entry.path(name);
    require(
        source,
        value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0,
        value.isMissingNode() ? pointer : pointer + "/" + name,
        name + " must be a whole number of steps, not negative: " + name + "=" + value);
    return value.longValue();
  }

  private static SortedMap<String, Double> weights(
      SpecSource source, JsonNode given, String pointer) {
    require(
        source, given.isObject(), pointer, "weights must be domains and numbers: weights=" + given);
    var weights = new TreeMap<String, Double>();
    double sum = 0;
    for (Map.Entry<String, JsonNode> field : given.properties()) {
      JsonNode weight = field.getValue();
      require(
          source,
          weight.isNumber() && weight.doubleValue() >= 0 && Double.isFinite(weight.doubleValue()),
          pointer + "/" + field.getKey(),
          "a weight must be a finite number, not negative: " + field.getKey() + "=" + weight);
      weights.put(field.getKey(), weight.doubleValue());
      sum += weight.doubleValue();
    }
    require(
        source,
        sum > 0 && Double.isFinite(sum),
        pointer,
        "weights must have a finite sum above 0: weights=" + given);
    return weights;
  }

  private static void require(SpecSource source, boolean holds, String pointer, String rule) {
    if (!holds) {
      String place = source.placeAt(pointer).orElse(source.place());
      throw UserError.usage(place + ": " + rule);
    }
  }
}
