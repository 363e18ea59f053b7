package dev.neostream.ops.eval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.ops.Nearest;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a value stands in a record: {@code answer}, {@code choices.text}, {@code options.0}; within
 * an array a name is a number, from 0.
 */
record FieldPath(List<String> names) {

  FieldPath {
    names = List.copyOf(names);
  }

  /**
   * @throws IllegalArgumentException if a name is empty or holds a brace
   */
  static FieldPath parse(String path) {
    List<String> names = List.of(path.split("\\.", -1));
    if (names.contains("") || path.indexOf('{') >= 0 || path.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "a field must be a name, or names with dots between: field=" + path);
    }
    return new FieldPath(names);
  }

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException if the record has none there
   */
  JsonNode in(JsonNode record) {
    JsonNode at = record;
    for (String name : names) {
      JsonNode next =
          at.isArray() && name.matches("\\d{1,9}") ? at.get(Integer.parseInt(name)) : at.get(name);
      if (next == null) {
        throw new IllegalArgumentException("there must be a field " + this + "; " + near(name, at));
      }
      at = next;
    }
    return at;
  }

  private static String near(String name, JsonNode at) {
    if (at.isArray()) {
      return "the array has " + at.size() + " values";
    }
    List<String> there = new ArrayList<>();
    at.fieldNames().forEachRemaining(there::add);
    return Nearest.to(name, there)
        .map(likely -> "did you mean " + likely + "?")
        .orElse("there are " + there);
  }

  @Override
  public String toString() {
    return String.join(".", names);
  }
}
