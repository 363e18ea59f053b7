package dev.neostream.ingest.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.schemas.Attributes;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What was read, in the forms in which it goes on: {@link Item}, then {@link RawDocument} in
 * raw.documents, then {@link Envelope} through a run's stages. Files that no run reads take the
 * same way, so that cleaning sees the same of both.
 */
public final class Envelopes {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Envelopes() {}

  /**
   * Returns a document as raw.documents holds it; the payload is not copied.
   *
   * @param id DocumentId
   */
  public static RawDocument raw(String id, long ordinal, Item.Document document) {
    return new RawDocument(
        RawKind.DOCUMENT,
        ordinal,
        id,
        document.source(),
        document.url(),
        document.file(),
        document.offset(),
        document.mediaType(),
        document.charset().orElse(null),
        document.domain().orElse(null),
        document.crawledAtMillis(),
        document.attributes(),
        ByteBuffer.wrap(document.payload()));
  }

  /** Returns what {@link #of(RawDocument, Set)} does, without further fields. */
  public static Envelope of(RawDocument raw) {
    return of(raw, Set.of());
  }

  /**
   * Returns a document, or the END, as it goes through the stages; bytes are shared if possible.
   *
   * @param fields names of further fields of the input's record that are attributes
   */
  public static Envelope of(RawDocument raw, Set<String> fields) {
    var document = new Envelope();
    document.id = raw.getId();
    document.ordinal = raw.getOrdinal();
    document.source = raw.getSource();
    document.url = raw.getUrl();
    document.file = raw.getFile();
    document.offset = raw.getOffset();
    document.mediaType = raw.getMediaType();
    document.charset = raw.getCharset() == null ? "" : raw.getCharset();
    document.domain = raw.getDomain() == null ? "" : raw.getDomain();
    document.attributes = attributes(raw.getAttributes(), fields);
    document.language = "";
    document.crawledAt = raw.getCrawledAt();
    document.end = raw.getKind() == RawKind.END;
    document.body = bytes(raw.getPayload());
    return document;
  }

  /**
   * Returns where a record comes from, without what it holds.
   *
   * @param id DocumentId
   */
  public static Envelope origin(String id, Item item) {
    var origin = new Envelope();
    origin.id = id;
    origin.ordinal = -1;
    origin.source = item.source();
    origin.url = item.url();
    origin.file = item.file();
    origin.offset = item.offset();
    origin.domain = item instanceof Item.Document document ? document.domain().orElse("") : "";
    origin.language = "";
    return origin;
  }

  /** The field {@code license} is {@code licence} where there is not both. */
  private static Map<String, String> attributes(Map<String, String> json, Set<String> fields) {
    var attributes = new HashMap<String, String>();
    put(Attributes.LICENCE, json.getOrDefault("licence", json.get("license")), attributes);
    put(Attributes.ID, json.get("id"), attributes);
    put(Attributes.PAGES, json.get("pages"), attributes);
    put(Readmission.ATTRIBUTE, json.get(Readmission.ATTRIBUTE), attributes);
    fields.forEach(field -> put(field, json.get(field), attributes));
    return attributes;
  }

  private static void put(String name, String json, Map<String, String> attributes) {
    String text = json == null ? "" : text(json).strip();
    if (!text.isEmpty()) {
      attributes.put(name, Attributes.bounded(text));
    }
  }

  /** Returns the text of a JSON text, nothing of null, and the JSON of what is neither. */
  private static String text(String json) {
    try {
      JsonNode value = JSON.readTree(json);
      return value.isTextual() ? value.textValue() : value.isNull() ? "" : json;
    } catch (JsonProcessingException e) {
      return json;
    }
  }

  /** Avro decodes into an array of its own, which need not be copied again. */
  private static byte[] bytes(ByteBuffer payload) {
    if (payload.hasArray()
        && payload.arrayOffset() == 0
        && payload.array().length == payload.remaining()) {
      return payload.array();
    }
    var bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }
}
