package dev.neostream.ops.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.neostream.dedup.near.Catalogue;
import dev.neostream.dedup.near.Decisions;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/** The lines that file-mode deduplication writes, without their ends. */
final class DedupLine {

  private static final JsonFactory JSON = new JsonFactory();
  private static final Set<String> OWN = Set.of("id", "url", "text", "domain");
  private static final double DECIMALS = 1e4;

  private DedupLine() {}

  /** Writes fields. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** Returns the id of a record as JSON text: its own, or the one that the stream gives it. */
  static String id(Documents.Entry entry) {
    String own = entry.item().ownId();
    return own.isEmpty() || own.equals("null") ? Json.of(entry.id()) : own;
  }

  /** A document with all its fields. */
  static byte[] unique(Documents.Entry entry, Item.Document document, byte[] text) {
    return line(
        json -> {
          raw(json, "id", id(entry));
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
              raw(json, field.getKey(), field.getValue());
            }
          }
        });
  }

  static byte[] duplicate(
      Documents.Entry entry, Catalogue documents, Decisions decisions, int document) {
    return line(
        json -> {
          raw(json, "id", id(entry));
          json.writeStringField("url", entry.item().url());
          json.writeStringField("source", entry.item().source());
          canonical(json, documents, decisions, document);
        });
  }

  /** A decision about a document of an earlier call that is another one now. */
  static byte[] change(Catalogue documents, Decisions was, Decisions now, int document) {
    return line(
        json -> {
          raw(json, "id", documents.id(document));
          json.writeStringField("was", outcome(was, document));
          json.writeStringField("now", outcome(now, document));
          if (!now.isUnique(document)) {
            canonical(json, documents, now, document);
          }
        });
  }

  private static String outcome(Decisions decisions, int document) {
    return decisions.isUnique(document) ? "unique" : "duplicate";
  }

  private static void canonical(
      JsonGenerator json, Catalogue documents, Decisions decisions, int document)
      throws IOException {
    raw(json, "canonical", documents.id(decisions.canonical(document)));
    json.writeFieldName("jaccard");
    if (decisions.jaccard(document).isPresent()) {
      double jaccard = decisions.jaccard(document).getAsDouble();
      json.writeNumber(Math.round(jaccard * DECIMALS) / DECIMALS);
      json.writeBooleanField("exact_jaccard", decisions.isExact(document));
    } else {
      json.writeNull();
    }
    json.writeStringField("rule", decisions.rule(document).name().toLowerCase(Locale.ROOT));
  }

  private static void raw(JsonGenerator json, String name, String value) throws IOException {
    json.writeFieldName(name);
    json.writeRawValue(value);
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
