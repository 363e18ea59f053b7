package dev.neostream.dedup.job;

import dev.neostream.dedup.exact.TextHash;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.job.CountedKeyedOperator;
import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Clean documents in, unique documents out; duplicates and counts leave by the side output. */
public final class DedupJob {

  private DedupJob() {}

  public static SingleOutputStreamOperator<Envelope> define(
      DataStream<Envelope> clean, KafkaConnection connection) {
    return clean
        .keyBy(document -> TextHash.of(document.text()), TypeInformation.of(TextHash.class))
        .transform(
            "dedup",
            TypeInformation.of(Envelope.class),
            new CountedKeyedOperator<>("dedup", connection, new DedupFunction(connection)))
        .uid("dedup");
  }
}
