package dev.neostream.ops.file;

import dev.neostream.ingest.file.Item;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The records a run has read so far, from its topics: first those that ingest rejected, then the
 * raw documents.
 */
public final class RunDocuments implements Documents {

  private final TopicReader<RejectedDocument> rejects;
  private final TopicReader<RawDocument> raw;
  private final ArrayDeque<Entry> waiting = new ArrayDeque<>();

  public RunDocuments(KafkaConnection connection) {
    rejects =
        new TopicReader<>(
            connection, connection.topics().rejectedDocuments(), RejectedDocument.class);
    raw = new TopicReader<>(connection, connection.topics().rawDocuments(), RawDocument.class);
    rejects.readToEnd(
        reject -> {
          if (Stage.of(reject) == Stage.INGEST) {
            waiting.add(entry(reject));
          }
        });
    raw.stopAtEnd();
  }

  @Override
  public Optional<Entry> next() {
    while (waiting.isEmpty() && !raw.atEnd()) {
      for (RawDocument document : raw.poll(Duration.ofMillis(200))) {
        if (document.getKind() == RawKind.DOCUMENT) {
          waiting.add(entry(document));
        }
      }
    }
    return Optional.ofNullable(waiting.poll());
  }

  private static Entry entry(RejectedDocument reject) {
    return new Entry(
        reject.getId(),
        new Item.Broken(
            reject.getSource(),
            reject.getUrl(),
            reject.getFile(),
            reject.getOffset(),
            new Rejection(reject.getReason(), reject.getValue(), reject.getThreshold()),
            ""));
  }

  private static Entry entry(RawDocument raw) {
    var payload = new byte[raw.getPayload().remaining()];
    raw.getPayload().get(payload);
    return new Entry(
        raw.getId(),
        new Item.Document(
            raw.getSource(),
            raw.getUrl(),
            raw.getFile(),
            raw.getOffset(),
            raw.getMediaType(),
            Optional.ofNullable(raw.getCharset()),
            Optional.ofNullable(raw.getDomain()),
            raw.getCrawledAt(),
            raw.getAttributes(),
            payload));
  }

  @Override
  public void close() {
    rejects.close();
    raw.close();
  }
}
