package dev.neostream.schemas.job;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Reject;
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
    return record(Reject.of(stage, document, rejection));
  }

  /**
   * The same for a stage that has found out more about the document than it holds.
   *
   * @param cleaner version of what decided; empty for stages other than clean
   */
  public OutRecord record(
      Envelope document, Rejection rejection, String language, String domain, String cleaner) {
    return record(Reject.of(stage, document, rejection, language, domain, cleaner));
  }

  private OutRecord record(RejectedDocument rejected) {
    return OutRecord.of(
        connection.topics().rejectedDocuments(),
        Topics.REJECTED_BY_JOB,
        rejected.getId(),
        codec.encode(rejected));
  }
}
