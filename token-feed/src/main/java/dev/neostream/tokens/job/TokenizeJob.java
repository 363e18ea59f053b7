package dev.neostream.tokens.job;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.job.CountedKeyedOperator;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.pack.Lane;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Unique documents in; blocks, index records and counts out. */
public final class TokenizeJob {

  private TokenizeJob() {}

  public static SingleOutputStreamOperator<OutRecord> define(
      DataStream<Envelope> unique, KafkaConnection connection, TokenizeConfig config) {
    return unique
        .<LaneDocument>flatMap(
            (document, out) -> {
              if (!document.end) {
                out.collect(LaneDocument.of(config.lane(document.id, document.domain), document));
                return;
              }
              for (Lane lane : config.allLanes()) {
                out.collect(LaneDocument.of(lane, document));
              }
            })
        .returns(TypeInformation.of(LaneDocument.class))
        .name("lanes")
        .uid("lanes")
        .keyBy(LaneDocument::key, Types.STRING)
        .transform(
            Stage.TOKENIZE.wireName(),
            TypeInformation.of(OutRecord.class),
            new CountedKeyedOperator<>(
                Stage.TOKENIZE, connection, new TokenizeFunction(config, connection)))
        .uid(Stage.TOKENIZE.wireName());
  }
}
