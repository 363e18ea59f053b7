package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Measure;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Range;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** Judges by {@code published.yaml}, read line by line, first failure first. */
final class PublishedProfile {

  /** A rule that failed, with the exact value. */
  record Failure(String rule, double value) {}

  private static final Map<String, ToDoubleFunction<Page>> MEASURES = new HashMap<>();
  private static final Map<String, UnaryOperator<String>> EDITS = PublishedChinese.edits();

  static {
    MEASURES.putAll(PublishedEnglish.measures());
    MEASURES.putAll(PublishedChinese.measures());
  }

  private final Map<String, Range> rules = new LinkedHashMap<>();

  PublishedProfile(String kind) {
    boolean inside = false;
    for (String line : yaml()) {
      if (line.matches("  \\w+:")) {
        inside = line.strip().equals(kind + ":");
      } else if (inside && line.matches("      [\\w.]+: .*")) {
        String[] rule = line.strip().split(": ", 2);
        rules.put(rule[0], rule[1].equals("apply") ? null : parse(rule[1]));
      }
    }
  }

  private static List<String> yaml() {
    try (InputStream in = Page.class.getResourceAsStream("published.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Range parse(String braces) {
    double min = Double.NEGATIVE_INFINITY;
    double max = Double.POSITIVE_INFINITY;
    boolean above = false;
    boolean below = false;
    for (String bound : braces.replaceAll("[{} ]", "").split(",")) {
      double value = Double.parseDouble(bound.split(":")[1]);
      switch (bound.split(":")[0]) {
        case "min" -> min = value;
        case "max" -> max = value;
        case "above" -> {
          min = value;
          above = true;
        }
        case "below" -> {
          max = value;
          below = true;
        }
        default -> throw new IllegalArgumentException(bound);
      }
    }
    return new Range(min, max, above, below);
  }

  Set<String> codes() {
    return rules.keySet();
  }

  /** Returns the range of a rule, null for an edit or none. */
  Range range(String code) {
    return rules.get(code);
  }

  boolean accepts(String code, double value) {
    return rules.get(code).contains(value);
  }

  /** Returns the first rule the text fails, or null. */
  Failure judge(String text) {
    Page page = new Page(text);
    for (var rule : rules.entrySet()) {
      if (rule.getValue() == null) {
        String edited = EDITS.get(rule.getKey()).apply(page.text());
        page = edited.equals(page.text()) ? page : new Page(edited);
      } else if (!passes(rule.getKey(), page, rule.getValue())) {
        return new Failure(rule.getKey(), MEASURES.get(rule.getKey()).applyAsDouble(page));
      }
    }
    return null;
  }

  static double value(String code, String text) {
    return MEASURES.get(code).applyAsDouble(new Page(text));
  }

  private static boolean passes(String code, Page page, Range range) {
    ToDoubleFunction<Page> measure = MEASURES.get(code);
    return measure instanceof Measure known
        ? known.passes(page, range)
        : range.contains(measure.applyAsDouble(page));
  }
}
