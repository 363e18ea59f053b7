package dev.neostream.tokens.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;

/** The small fields of a {@code tokenizer.json}, by name; those of the model as "model.name". */
final class HuggingFaceFields {

  private final Map<String, JsonNode> fields;

  HuggingFaceFields(Map<String, JsonNode> fields) {
    this.fields = fields;
  }

  /** Returns a field; a missing node where there is none or null. */
  JsonNode get(String name) {
    JsonNode field = fields.get(name);
    return field == null || field.isNull() ? MissingNode.getInstance() : field;
  }

  boolean isTrue(String name) {
    JsonNode field = get(name);
    requireThat(field.isMissingNode() || field.isBoolean(), name, "must be true or false");
    return field.booleanValue();
  }

  void require(String name, String value) {
    requireThat(value.equals(get(name).textValue()), name, "must be " + value);
  }

  /** Refuses a field that is neither null, empty nor zero. */
  void requireAbsent(String name) {
    JsonNode field = get(name);
    boolean absent =
        field.isMissingNode()
            || field.isTextual() && field.textValue().isEmpty()
            || field.isNumber() && field.doubleValue() == 0;
    requireThat(absent, name, "must be null");
  }

  /** Refuses what a field is unless a condition holds. */
  void requireThat(boolean holds, String name, String rule) {
    if (!holds) {
      throw refused(name, rule, get(name).isMissingNode() ? "null" : get(name).toString());
    }
  }

  static IllegalArgumentException refused(String field, String rule, String is) {
    return new IllegalArgumentException(
        "tokenizer.json: " + field + " " + rule + ": is=" + shortened(is));
  }

  private static String shortened(String value) {
    return value.length() <= 200 ? value : value.substring(0, 200) + "...";
  }
}
