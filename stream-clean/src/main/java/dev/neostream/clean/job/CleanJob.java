package dev.neostream.clean.job;

import dev.neostream.clean.CleanConfig;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.job.CountedBroadcastOperator;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Raw documents in, clean documents out; rejects and counts leave by the side output. */
public final class CleanJob {

  private CleanJob() {}

  /**
   * @param profiles records of {@code clean.profiles}; must not hold event time back
   */
  public static SingleOutputStreamOperator<Envelope> define(
      DataStream<Envelope> raw,
      DataStream<byte[]> profiles,
      KafkaConnection connection,
      CleanConfig config) {
    return raw.connect(profiles.broadcast())
        .transform(
            Stage.CLEAN.wireName(),
            TypeInformation.of(Envelope.class),
            new CountedBroadcastOperator<>(
                Stage.CLEAN,
                connection,
                new CleanFunction(connection, config),
                List.of(CleanFunction.PROFILES)))
        .uid(Stage.CLEAN.wireName());
  }
}
