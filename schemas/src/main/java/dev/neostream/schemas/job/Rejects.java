package dev.neostream.schemas.job;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;

/** Turns a stage's rejections into records of rejected.documents. Not thread-safe. */
public final class Rejects {

  private final Stage stage;
  private final KafkaConnection connection;
  private final AvroCodec<RejectedDocument> codec;

  public Rejects(Stage stage, KafkaConnection connection) {
    this.stage = stage;
    this.connection = connection;
    this.codec = AvroCodec.of(RejectedDocument.class, connection.registry());
  }

  /** Returns the record of a document that this stage rejects. */
  public OutRecord record(Envelope document, Rejection rejection) {
    return record(document, rejection, document.language, document.domain, "");
  }

  /**
   * The same for a stage that has found out more about the document than it holds.
   *
   * @param cleaner version of what decided; empty for stages other than clean
   */
  public OutRecord record(
      Envelope document, Rejection rejection, String language, String domain, String cleaner) {
    RejectedDocument rejected =
        RejectedDocument.newBuilder()
            .setId(document.id)
            .setOrdinal(document.ordinal)
            .setSource(document.source)
            .setUrl(document.url)
            .setFile(document.file)
            .setOffset(document.offset)
            .setStage(stage.wireName())
            .setReason(rejection.reason())
            .setValue(rejection.value())
            .setThreshold(rejection.threshold())
            .setLanguage(language)
            .setDomain(domain)
            .setCleaner(cleaner)
            .build();
    return OutRecord.of(
        connection.topics().rejectedDocuments(),
        Topics.REJECTED_BY_JOB,
        document.id,
        codec.encode(rejected));
  }
}
