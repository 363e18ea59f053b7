package dev.neostream.ops.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.neostream.dedup.contamination.Hit;
import dev.neostream.ingest.file.Envelopes;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.Json;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Reject;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** The lines that decontamination writes, without their ends. */
final class ContaminationLine {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String FLAG = "contamination";
  private static final Set<String> OWN = Set.of("id", "url", "text", "domain", FLAG);
  private static final double DECIMALS = 1e4;

  private ContaminationLine() {}

  /** Writes fields. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** A document with all its fields, and its hits if it has any. */
  static byte[] kept(Documents.Entry entry, Item.Document document, byte[] text, List<Hit> hits) {
    return line(
        json -> {
          id(json, entry);
          json.writeStringField("url", document.url());
          json.writeFieldName("text");
          json.writeUTF8String(text, 0, text.length);
          if (document.domain().isPresent()) {
            json.writeStringField("domain", document.domain().get());
          }
          if (document.crawledAtMillis() > 0 && !document.attributes().containsKey("crawled_at")) {
            json.writeStringField(
                "crawled_at", Instant.ofEpochMilli(document.crawledAtMillis()).toString());
          }
          for (var field : new TreeMap<>(document.attributes()).entrySet()) {
            if (!OWN.contains(field.getKey())) {
              json.writeFieldName(field.getKey());
              json.writeRawValue(field.getValue());
            }
          }
          String earlier = document.attributes().get(FLAG);
          if (earlier != null || !hits.isEmpty()) {
            json.writeArrayFieldStart(FLAG);
            if (earlier != null) {
              earlier(json, earlier);
            }
            objects(json, hits);
            json.writeEndArray();
          }
        });
  }

  static byte[] rejected(Documents.Entry entry, Rejection rejection, List<Hit> hits) {
    Envelope origin = Envelopes.origin(entry.id(), entry.item());
    return line(
        json -> {
          JsonLine.reject(json, entry, Reject.of(Stage.CONTAMINATION, origin, rejection));
          hits(json, hits);
        });
  }

  static byte[] hit(Documents.Entry entry, Item.Document document, Hit hit) {
    return line(
        json -> {
          id(json, entry);
          json.writeStringField("url", document.url());
          fields(json, hit);
        });
  }

  /** A hit in a document of a run. */
  static byte[] reported(String id, String url, Hit hit, List<String> blocks) {
    return line(
        json -> {
          json.writeStringField("id", id);
          json.writeStringField("url", url);
          fields(json, hit);
          strings(json, "blocks", blocks);
        });
  }

  private static void hits(JsonGenerator json, List<Hit> hits) throws IOException {
    json.writeArrayFieldStart(FLAG);
    objects(json, hits);
    json.writeEndArray();
  }

  private static void objects(JsonGenerator json, List<Hit> hits) throws IOException {
    for (Hit hit : hits) {
      json.writeStartObject();
      fields(json, hit);
      json.writeEndObject();
    }
  }

  /** The flags of an earlier call, about other sets, or whatever else the field holds. */
  private static void earlier(JsonGenerator json, String value) throws IOException {
    String stripped = value.strip();
    if (!stripped.startsWith("[")) {
      json.writeRawValue(stripped);
      return;
    }
    String elements = stripped.substring(1, stripped.length() - 1).strip();
    if (!elements.isEmpty()) {
      json.writeRawValue(elements);
    }
  }

  private static void fields(JsonGenerator json, Hit hit) throws IOException {
    json.writeStringField("set", hit.set());
    json.writeStringField("item", hit.item());
    json.writeStringField("field", hit.field());
    json.writeNumberField("share", Math.round(hit.share() * DECIMALS) / DECIMALS);
    json.writeNumberField("ngrams", hit.ngrams());
    json.writeNumberField("from", hit.from());
    json.writeNumberField("to", hit.to());
    strings(json, "evidence", hit.evidence());
  }

  private static void strings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  /** A record keeps the id that its line gives it. */
  private static void id(JsonGenerator json, Documents.Entry entry) throws IOException {
    String own = entry.item().ownId();
    json.writeFieldName("id");
    json.writeRawValue(own.isEmpty() || own.equals("null") ? Json.of(entry.id()) : own);
  }

  private static byte[] line(Fields fields) {
    var out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a line must have a JSON form", e);
    }
    return out.toByteArray();
  }
}
