package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.Subject;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.avro.Takedown;
import dev.neostream.schemas.avro.TakedownDocument;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Makes the sketch of each document that no takedown asks for; the END has none. Texts leave by the
 * side.
 *
 * <p>A takedown follows what it is about: every subtask sends, behind the sketches and texts that
 * it has sent before, what state must forget and which texts must not be handed on. Forgetting
 * twice changes nothing.
 *
 * <p>State: {@code takedowns}, broadcast, newest version by subject, kept for the life of the run.
 */
final class SketchFunction extends BroadcastProcessFunction<Envelope, byte[], Sketch> {

  static final OutputTag<Text> TEXTS = new OutputTag<>("texts", TypeInformation.of(Text.class));

  static final MapStateDescriptor<String, Integer> TAKEDOWNS =
      new MapStateDescriptor<>("takedowns", Types.STRING, Types.INT);

  private final KafkaConnection connection;
  private final DedupConfig config;
  private transient Sketcher sketcher;
  private transient AvroCodec<Takedown> codec;

  SketchFunction(KafkaConnection connection, DedupConfig config) {
    this.connection = connection;
    this.config = config;
  }

  @Override
  public void open(OpenContext context) {
    sketcher = new Sketcher(config);
    codec = AvroCodec.of(Takedown.class, connection.registry());
  }

  @Override
  public void processBroadcastElement(byte[] value, Context context, Collector<Sketch> out)
      throws Exception {
    Takedown takedown = codec.decode(value);
    var takedowns = context.getBroadcastState(TAKEDOWNS);
    int last = 0;
    for (Map.Entry<String, Integer> entry : takedowns.entries()) {
      last = Math.max(last, entry.getValue());
    }
    if (takedown.getVersion() != last + 1) {
      return;
    }
    String subject = new Subject(takedown.getKind(), takedown.getValue()).toString();
    takedowns.put(subject, takedown.getVersion());
    for (TakedownDocument document : takedown.getDocuments()) {
      out.collect(Sketch.forget(document));
    }
    for (int shard : Shards.all()) {
      context.output(TEXTS, Text.takedown(shard, takedown.getVersion(), subject));
    }
  }

  @Override
  public void processElement(Envelope document, ReadOnlyContext context, Collector<Sketch> out)
      throws Exception {
    if (document.end) {
      context.output(TEXTS, Text.of(Shards.of(0), document));
      return;
    }
    Text text = Text.of(Shards.of(DocumentId.bits(document.id)), document);
    ReadOnlyBroadcastState<String, Integer> takedowns = context.getBroadcastState(TAKEDOWNS);
    if (takedowns.immutableEntries().iterator().hasNext()) {
      for (Subject subject : Subject.all(document)) {
        Integer version = takedowns.get(subject.toString());
        if (version != null) {
          text.takedown = version;
          text.subject = subject.toString();
          break;
        }
      }
    }
    context.output(TEXTS, text);
    if (text.takedown == 0) {
      out.collect(sketcher.of(document));
    }
  }
}
