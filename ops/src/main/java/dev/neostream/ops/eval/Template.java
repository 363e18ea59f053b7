package dev.neostream.ops.eval;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A text with fields of a record in it:
 *
 * <pre>
 *   template = { character | "{{" | "}}" | "{" field "}" }
 *   field    = name { "." name }
 * </pre>
 *
 * <p>A field stands for its value, which must be a text, a number or a boolean, and is not looked
 * at again; {@code {{} and {@code }}} are braces. There is nothing else: filling one in takes time
 * in proportion to its result, and runs nothing.
 */
final class Template {

  private final List<Part> parts;

  private sealed interface Part {

    void appendTo(StringBuilder out, JsonNode record);

    record Words(String text) implements Part {

      @Override
      public void appendTo(StringBuilder out, JsonNode record) {
        out.append(text);
      }
    }

    record Field(FieldPath path) implements Part {

      @Override
      public void appendTo(StringBuilder out, JsonNode record) {
        out.append(text(path, path.in(record)));
      }
    }
  }

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Reads what a task file says.
   *
   * @throws IllegalArgumentException if it is no text, or no template
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Template of(JsonNode value) {
    if (!value.isTextual()) {
      throw new IllegalArgumentException("a template must be a text, in quotes: " + value);
    }
    return parse(value.textValue());
  }

  /**
   * @throws IllegalArgumentException if a brace stands alone or a field has no name
   */
  static Template parse(String source) {
    List<Part> parts = new ArrayList<>();
    var words = new StringBuilder();
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      boolean twice = i + 1 < source.length() && source.charAt(i + 1) == c;
      if (c != '{' && c != '}') {
        words.append(c);
      } else if (twice) {
        words.append(c);
        i++;
      } else {
        int end = c == '{' ? source.indexOf('}', i) : -1;
        if (end < 0) {
          throw new IllegalArgumentException(
              "a brace must be one of a pair, or written twice to stand for itself: template="
                  + source
                  + ", index="
                  + i);
        }
        parts.add(new Part.Words(words.toString()));
        words.setLength(0);
        parts.add(new Part.Field(FieldPath.parse(source.substring(i + 1, end))));
        i = end;
      }
    }
    parts.add(new Part.Words(words.toString()));
    return new Template(parts);
  }

  /**
   * Returns the text for a record.
   *
   * @throws IllegalArgumentException if it lacks a field, or one is no text, number or boolean
   */
  String fill(JsonNode record) {
    var out = new StringBuilder();
    parts.forEach(part -> part.appendTo(out, record));
    return out.toString();
  }

  /** Returns the text of a value that stands at a path. */
  static String text(FieldPath path, JsonNode value) {
    if (!value.isValueNode() || value.isNull()) {
      throw new IllegalArgumentException(
          "a field must be a text, a number or a boolean: field="
              + path
              + ", type="
              + value.getNodeType());
    }
    return value.asText();
  }
}
