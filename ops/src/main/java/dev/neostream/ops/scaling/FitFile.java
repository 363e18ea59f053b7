package dev.neostream.ops.scaling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.UserError;
import dev.neostream.trainer.scaling.LossPoint;
import dev.neostream.trainer.scaling.ScalingFit;
import dev.neostream.trainer.scaling.ScalingLaw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A fit as JSON: what {@code scaling fit --json} prints, and what predicts from it reads. */
public final class FitFile {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FitFile() {}

  /**
   * Returns the fields of a fit.
   *
   * @param points what it was fitted to
   * @param test points it has not seen; empty for none
   * @param intervals lower and upper end by coefficient; empty for none
   */
  public static Map<String, Object> view(
      ScalingFit fit,
      List<LossPoint> points,
      List<LossPoint> test,
      Map<String, double[]> intervals) {
    var view = new LinkedHashMap<String, Object>();
    view.put("law", fit.law().name().toLowerCase(Locale.ROOT));
    view.put("coefficients", fit.coefficients());
    view.put("points", points.size());
    view.put("r2", fit.r2(points));
    view.put("huber", fit.huber(points));
    if (!test.isEmpty()) {
      view.put("test", Map.of("points", test.size(), "r2", fit.r2(test), "huber", fit.huber(test)));
    }
    view.put("intervals", intervals);
    return view;
  }

  /** Returns the fit of a file; fields it does not need may be missing. */
  public static ScalingFit read(Path file) {
    try {
      JsonNode json = JSON.readTree(Files.readString(file));
      Map<String, Double> coefficients = new LinkedHashMap<>();
      json.path("coefficients")
          .properties()
          .forEach(
              field -> coefficients.put(field.getKey(), field.getValue().asDouble(Double.NaN)));
      return new ScalingFit(law(json.path("law").asText()), coefficients);
    } catch (IOException e) {
      throw UserError.usage(
          "a fit must be a readable JSON file: file="
              + file
              + "; `ops/neo scaling fit --json` prints one");
    } catch (IllegalArgumentException e) {
      throw UserError.usage(file + ": " + e.getMessage());
    }
  }

  /** Returns the law of a name in either case. */
  public static ScalingLaw law(String name) {
    return Arrays.stream(ScalingLaw.values())
        .filter(law -> law.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("law must be one of " + names() + ": law=" + name));
  }

  private static String names() {
    return Arrays.stream(ScalingLaw.values())
        .map(law -> law.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}
