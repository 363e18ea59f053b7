package dev.neostream.ops.eval;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Several texts of a record: in a task file either the name of a field that is an array, such as
 * {@code choices.text}, or a list of templates.
 */
final class TextList {

  private final FieldPath field;
  private final List<Template> templates;

  private TextList(FieldPath field, List<Template> templates) {
    this.field = field;
    this.templates = templates;
  }

  /**
   * @throws IllegalArgumentException if it is neither
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static TextList of(JsonNode value) {
    if (value.isTextual()) {
      return new TextList(FieldPath.parse(value.textValue()), List.of());
    }
    if (!value.isArray()) {
      throw new IllegalArgumentException(
          "it must be the name of a field or a list of templates: " + value);
    }
    List<Template> templates = new ArrayList<>();
    value.forEach(template -> templates.add(Template.of(template)));
    return new TextList(null, templates);
  }

  boolean isEmpty() {
    return field == null && templates.isEmpty();
  }

  /**
   * Returns the texts for a record.
   *
   * @throws IllegalArgumentException if a field is missing or not what it must be
   */
  List<String> fill(JsonNode record) {
    if (field == null) {
      return templates.stream().map(template -> template.fill(record)).toList();
    }
    JsonNode array = field.in(record);
    if (!array.isArray()) {
      throw new IllegalArgumentException(
          "a field must be an array of texts: field=" + field + ", type=" + array.getNodeType());
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode value : array) {
      texts.add(Template.text(field, value));
    }
    return texts;
  }
}
