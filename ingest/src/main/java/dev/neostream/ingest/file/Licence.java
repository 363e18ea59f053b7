package dev.neostream.ingest.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** The licence that a record names. */
public final class Licence {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Licence() {}

  /**
   * Returns the field {@code licence}, or {@code license}: its text, or the JSON of what is no
   * text; empty if there is neither.
   *
   * @param attributes JSON by name, see {@link Item.Document}
   */
  public static String of(Map<String, String> attributes) {
    String json = attributes.getOrDefault("licence", attributes.get("license"));
    if (json == null) {
      return "";
    }
    try {
      JsonNode value = JSON.readTree(json);
      return value.isTextual() ? value.textValue() : json;
    } catch (JsonProcessingException e) {
      return json;
    }
  }
}
