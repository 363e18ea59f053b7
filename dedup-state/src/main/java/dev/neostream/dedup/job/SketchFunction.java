package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.Subject;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.avro.Takedown;
import dev.neostream.schemas.avro.TakedownDocument;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.Takedowns;
import java.util.Map;
import java.util.Optional;
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
 * twice changes nothing. A document that is read again because of a takedown brings it along: what
 * state must forget is sent before it, whether the takedown itself has come or not.
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
  // Version up to which readmissions have let state forget since the last start.
  private transient int forgotten;

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
    if (takedown.getVersion() != last(takedowns.entries()) + 1) {
      return;
    }
    String subject = new Subject(takedown.getKind(), takedown.getValue()).toString();
    takedowns.put(subject, takedown.getVersion());
    forget(takedown, out);
    for (int shard : Shards.all()) {
      context.output(TEXTS, Text.takedown(shard, takedown.getVersion(), subject));
    }
  }

  private static int last(Iterable<Map.Entry<String, Integer>> takedowns) {
    int last = 0;
    for (Map.Entry<String, Integer> entry : takedowns) {
      last = Math.max(last, entry.getValue());
    }
    return last;
  }

  private static void forget(Takedown takedown, Collector<Sketch> out) {
    for (TakedownDocument document : takedown.getDocuments()) {
      out.collect(Sketch.forget(document));
    }
  }

  /**
   * Lets state forget what a takedown names, unless that is done. The two topics are read apart,
   * and a document that is read again would meet the one that makes room for it.
   */
  private void forgetBefore(Readmission readmission, ReadOnlyContext context, Collector<Sketch> out)
      throws Exception {
    int last = Math.max(forgotten, last(context.getBroadcastState(TAKEDOWNS).immutableEntries()));
    if (readmission.takedown() > last) {
      for (Takedown takedown : Takedowns.of(connection)) {
        if (takedown.getVersion() > last && takedown.getVersion() <= readmission.takedown()) {
          forget(takedown, out);
        }
      }
      forgotten = readmission.takedown();
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
      Optional<Readmission> readmission = Readmission.of(document.attributes);
      if (readmission.isPresent()) {
        forgetBefore(readmission.get(), context, out);
      }
      out.collect(sketcher.of(document));
    }
  }
}
