package dev.neostream.ops.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.neostream.ingest.file.Envelopes;
import dev.neostream.ingest.file.Item;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Reject;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.RejectedDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeMap;

/** The lines that file mode writes, without their ends. */
final class JsonLine {

  private static final JsonFactory JSON = new JsonFactory();

  /** Fields that cleaning sets; a field of the input with one of these names gives way. */
  private static final Set<String> OWN =
      Set.of("id", "url", "text", "language", "language_score", "domain");

  private JsonLine() {}

  /** Writes fields. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  static byte[] kept(Documents.Entry entry, Item.Document document, Envelope clean) {
    return line(
        json -> {
          head(json, entry, clean);
          json.writeStringField("language", clean.language);
          json.writeNumberField("language_score", clean.languageScore);
          json.writeStringField("domain", clean.domain);
          for (var field : new TreeMap<>(document.attributes()).entrySet()) {
            if (!OWN.contains(field.getKey())) {
              json.writeFieldName(field.getKey());
              json.writeRawValue(field.getValue());
            }
          }
        });
  }

  static byte[] extracted(Documents.Entry entry, Envelope clean) {
    return line(json -> head(json, entry, clean));
  }

  static byte[] scored(Documents.Entry entry, Envelope document, float score) {
    return line(
        json -> {
          head(json, entry, document);
          json.writeNumberField("quality", score);
        });
  }

  private static void head(JsonGenerator json, Documents.Entry entry, Envelope clean)
      throws IOException {
    id(json, entry);
    json.writeStringField("url", clean.url);
    json.writeFieldName("text");
    json.writeUTF8String(clean.body, 0, clean.body.length);
  }

  static byte[] rejected(
      Documents.Entry entry, Stage stage, Rejection rejection, String language, String domain) {
    Envelope origin = Envelopes.origin(entry.id(), entry.item());
    return line(
        json -> reject(json, entry, Reject.of(stage, origin, rejection, language, domain, "")));
  }

  /** Writes the fields of a reject. */
  static void reject(JsonGenerator json, Documents.Entry entry, RejectedDocument reject)
      throws IOException {
    id(json, entry);
    json.writeStringField("url", reject.getUrl());
    json.writeStringField("source", reject.getSource());
    json.writeStringField("file", reject.getFile());
    json.writeNumberField("offset", reject.getOffset());
    json.writeStringField("stage", reject.getStage());
    json.writeStringField("reason", reject.getReason());
    json.writeStringField("value", reject.getValue());
    json.writeStringField("threshold", reject.getThreshold());
    json.writeStringField("language", reject.getLanguage());
    json.writeStringField("domain", reject.getDomain());
  }

  /** A record keeps the id that its line gives it. */
  private static void id(JsonGenerator json, Documents.Entry entry) throws IOException {
    json.writeFieldName("id");
    String own = entry.item().ownId();
    if (own.isEmpty() || own.equals("null")) {
      json.writeString(entry.id());
    } else {
      json.writeRawValue(own);
    }
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
