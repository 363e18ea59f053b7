package dev.neostream.ingest.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A record that is one JSON object: a line of JSON Lines, the value of a topic's record. */
public final class JsonRecord {

  /** A payload may be escaped; more than twice its size is not a document's object. */
  public static final int MAX_BYTES = 2 * Item.MAX_PAYLOAD_BYTES;

  /**
   * Which fields hold what; all others are attributes.
   *
   * @param text fields that may hold the document, the best first; one called {@code html} holds
   *     HTML
   * @param url fields that may hold its url, the best first; at least one
   * @param domain field that holds its mixture domain
   */
  public record Fields(List<String> text, List<String> url, String domain) {

    /** The fields of JSON Lines. */
    public static final Fields STANDARD =
        new Fields(
            List.of("text", "html", "content", "raw_content"), List.of("url", "id"), "domain");

    public Fields {
      text = List.copyOf(text);
      url = List.copyOf(url);
    }
  }

  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(100)
                          .maxNumberLength(1_000)
                          .maxStringLength(MAX_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // Numbers are passed on as they were written.
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .readerFor(JsonNode.class);

  private JsonRecord() {}

  /**
   * Returns the document that an object holds, or why it holds none.
   *
   * @param number what the item is called in its file: its offset, and its url where it names none
   * @param bytes the object in UTF-8
   */
  public static Item item(Origin origin, long number, byte[] bytes, Fields fields) {
    JsonNode object;
    String json;
    try {
      json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      object = JSON.readTree(json);
    } catch (CharacterCodingException e) {
      return origin.broken(
          "",
          number,
          "jsonl.syntax",
          "not UTF-8: " + Origin.said(e),
          "one JSON object in UTF-8, on one line");
    } catch (JsonProcessingException e) {
      return origin.broken(
          "", number, "jsonl.syntax", said(e), "one JSON object in UTF-8, on one line");
    } catch (NumberFormatException e) { // Jackson lets pass what an exponent too large throws
      return origin.broken(
          "", number, "jsonl.syntax", Origin.said(e), "one JSON object in UTF-8, on one line");
    }
    // The line is valid UTF-8, so only an escape can bring in half a character.
    if (json.contains("\\u") && !StandardCharsets.UTF_8.newEncoder().canEncode(object.toString())) {
      return origin.broken(
          "",
          number,
          "jsonl.syntax",
          "unpaired surrogate escape",
          "one JSON object in UTF-8, on one line");
    }
    return document(origin, number, object, fields);
  }

  /** Returns what is wrong without the parser's advice to programmers. */
  private static String said(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int advice = message.indexOf(" (start marker");
    advice = advice < 0 ? message.indexOf(": enable ") : advice;
    return advice < 0 ? message : message.substring(0, advice);
  }

  private static Item document(Origin origin, long number, JsonNode object, Fields fields) {
    String url =
        fields.url.stream()
            .flatMap(name -> scalar(object, name).stream())
            .findFirst()
            .orElse(origin.file() + "#" + number);
    Optional<String> body =
        fields.text.stream()
            .filter(name -> object.path(name).isTextual())
            // An empty string is the document only where no other field has more to say.
            .min(Comparator.comparing(name -> object.path(name).textValue().isBlank()));
    String ownId = object.has("id") ? object.get("id").toString() : "";
    if (body.isEmpty()) {
      return origin
          .broken(
              url,
              number,
              "jsonl.no_text",
              object.isObject() ? "no text" : "no object but " + object.getNodeType(),
              "a string named " + String.join(", ", fields.text))
          .withOwnId(ownId);
    }
    byte[] payload = object.get(body.get()).textValue().getBytes(StandardCharsets.UTF_8);
    if (payload.length > Item.MAX_PAYLOAD_BYTES) {
      return origin.tooLarge(url, number).withOwnId(ownId);
    }
    Map<String, String> attributes = new HashMap<>();
    for (var field : object.properties()) {
      if (!field.getKey().equals(body.get())
          && !field.getKey().equals(fields.url.get(0))
          && !field.getKey().equals(fields.domain)) {
        attributes.put(field.getKey(), field.getValue().toString());
      }
    }
    return new Item.Document(
        origin.source(),
        url,
        origin.file(),
        number,
        body.get().equals("html") ? "text/html" : "text/plain",
        Optional.of("UTF-8"),
        scalar(object, fields.domain),
        0,
        attributes,
        payload);
  }

  private static Optional<String> scalar(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isValueNode() && !value.isNull()
        ? Optional.of(value.asText()).filter(text -> !text.isEmpty())
        : Optional.empty();
  }
}
