package dev.neostream.clean.job;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.job.CountedOperator;
import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Raw documents in, clean documents out; rejects and counts leave by the side output. */
public final class CleanJob {

  private CleanJob() {}

  public static SingleOutputStreamOperator<Envelope> define(
      DataStream<Envelope> raw, KafkaConnection connection) {
    return raw.transform(
            "clean",
            TypeInformation.of(Envelope.class),
            new CountedOperator<>("clean", connection, new CleanFunction(connection)))
        .uid("clean");
  }
}
