package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.schemas.Attributes;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.avro.Span;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.tokens.job.TokenizeConfig;
import dev.neostream.tokens.job.TokenizeJob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeJobTest {

  private static final long ORDINAL = EventTime.WINDOW + 100;

  @TempDir Path folder;

  /** Documents of the second window, whose time is that of the window they are handed on in. */
  private static Envelope document(String id, int number) {
    var document = new Envelope();
    document.id = id.repeat(32);
    document.ordinal = ORDINAL + number;
    document.source = document.url = document.file = document.mediaType = document.language = "";
    document.charset = "UTF-8";
    document.domain = "code";
    document.attributes = Map.of(Attributes.ID, "own-" + id, Attributes.LICENCE, "mit");
    document.body = "0123456789".repeat(10).getBytes(StandardCharsets.UTF_8);
    return document;
  }

  /** Lets event time reach the end of the window after each document. */
  private static final class AfterEach implements WatermarkGenerator<Envelope> {
    @Override
    public void onEvent(Envelope document, long timestamp, WatermarkOutput output) {
      output.emitWatermark(new Watermark(EventTime.windowEnd(document.ordinal)));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }

  @Test
  void shouldTakeDocumentsThatAreHandedOnTogetherByTheirIds() throws Exception {
    // All that is handed on together has one time, but event time may stand between two of them at
    // what was the end of the window they were read in.
    List<Envelope> documents =
        List.of(document("c", 0), document("b", 1), document("d", 2), document("a", 3));
    try (Pipeline pipeline = Pipeline.startEmpty(folder)) {
      var env = StreamExecutionEnvironment.getExecutionEnvironment();
      env.setParallelism(1);
      DataStream<Envelope> unique =
          env.fromData(documents)
              .returns(TypeInformation.of(Envelope.class))
              .assignTimestampsAndWatermarks(
                  WatermarkStrategy.<Envelope>forGenerator(context -> new AfterEach())
                      .withTimestampAssigner(
                          (document, before) ->
                              EventTime.windowEnd(document.ordinal) + EventTime.WINDOW));
      // One lane, so that all documents meet.
      var config = pipeline.tokenize();
      DataStream<OutRecord> out =
          TokenizeJob.define(
              unique,
              pipeline.connection(),
              new TokenizeConfig(
                  config.tokenizerFile(),
                  config.tokenizer(),
                  config.sequenceLength(),
                  config.domains(),
                  1,
                  0,
                  Map.of()));
      AvroCodec<TokenBlock> codec =
          AvroCodec.of(TokenBlock.class, pipeline.connection().registry());
      var order = new ArrayList<String>();
      try (var records = out.executeAndCollect()) {
        for (Iterator<OutRecord> each = records; each.hasNext(); ) {
          OutRecord record = each.next();
          if (record.topic.equals(pipeline.connection().topics().tokens("code"))) {
            for (Span span : codec.decode(record.value).getSpans()) {
              String own = "own-" + span.getDocumentId().substring(0, 1);
              assertEquals(Map.of("id", own, "licence", "mit"), span.getAttributes());
              if (order.isEmpty() || !order.get(order.size() - 1).equals(span.getDocumentId())) {
                order.add(span.getDocumentId());
              }
            }
          }
        }
      }
      assertEquals(
          List.of("a", "b", "c", "d"), order.stream().map(id -> id.substring(0, 1)).toList());
    }
  }
}
