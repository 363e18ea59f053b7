package dev.neostream.ops.job;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.avro.CleanDocument;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Clean documents as records of a tap: clean.documents or unique.documents. */
final class CleanDocuments extends RichFlatMapFunction<Envelope, OutRecord> {

  private final KafkaConnection connection;
  private final String topic;
  private final String cleaner;
  private transient AvroCodec<CleanDocument> codec;

  /**
   * @param topic topic to write to
   * @param cleaner version of the cleaner; empty where documents came clean
   */
  CleanDocuments(KafkaConnection connection, String topic, String cleaner) {
    this.connection = connection;
    this.topic = topic;
    this.cleaner = cleaner;
  }

  @Override
  public void open(OpenContext context) {
    codec = AvroCodec.of(CleanDocument.class, connection.registry());
  }

  @Override
  public void flatMap(Envelope document, Collector<OutRecord> out) {
    if (document.end) {
      return;
    }
    var clean =
        new CleanDocument(
            document.id,
            document.ordinal,
            document.source,
            document.url,
            document.domain,
            document.language,
            document.languageScore,
            document.crawledAt,
            cleaner,
            document.text());
    out.collect(OutRecord.of(topic, -1, document.id, codec.encode(clean)));
  }
}
