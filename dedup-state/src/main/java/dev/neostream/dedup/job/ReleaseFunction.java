package dev.neostream.dedup.job;

import dev.neostream.dedup.Subject;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.job.Counted;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.job.Rejects;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Where texts wait for their verdict: marks duplicates and hands survivors on.
 *
 * <p>A text that a takedown asks for is rejected, whether it waits or comes later.
 *
 * <p>State a shard: {@code texts}, documents not handed on yet; {@code verdicts} of windows that
 * are still open. Both are cleared when their window is decided or handed on.
 */
final class ReleaseFunction extends KeyedCoProcessFunction<Integer, Text, Verdict, Envelope>
    implements Counted {

  private final DedupScope scope;
  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient MapState<Long, Envelope> texts;
  private transient ListState<Verdict> verdicts;
  private transient AvroCodec<DuplicateMark> codec;
  private transient Rejects rejects;

  ReleaseFunction(DedupScope scope, KafkaConnection connection) {
    this.scope = scope;
    this.connection = connection;
  }

  @Override
  public void countInto(DocumentCount count) {
    this.count = count;
  }

  @Override
  public void open(OpenContext context) {
    texts =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("texts", Types.LONG, TypeInformation.of(Envelope.class)));
    verdicts =
        getRuntimeContext()
            .getListState(new ListStateDescriptor<>("verdicts", TypeInformation.of(Verdict.class)));
    codec = AvroCodec.of(DuplicateMark.class, connection.registry());
    rejects = new Rejects(Stage.DEDUP, connection);
  }

  @Override
  public void processElement1(Text text, Context context, Collector<Envelope> out)
      throws Exception {
    Envelope document = text.document;
    if (document == null) {
      rejectHeld(text, context);
      return;
    }
    if (!document.end) {
      count.read++;
      if (text.takedown > 0) {
        reject(text, document, context);
        return;
      }
      count.held++;
      context.timerService().registerEventTimeTimer(scope.windowEnd(document.ordinal));
    }
    texts.put(document.ordinal, document);
    context.timerService().registerEventTimeTimer(scope.release(document.ordinal));
  }

  private void rejectHeld(Text takedown, Context context) throws Exception {
    List<Envelope> held = new ArrayList<>();
    for (Envelope document : texts.values()) {
      if (!document.end
          && Subject.all(document).stream()
              .anyMatch(subject -> subject.toString().equals(takedown.subject))) {
        held.add(document);
      }
    }
    held.sort(Comparator.comparingLong(document -> document.ordinal));
    for (Envelope document : held) {
      texts.remove(document.ordinal);
      count.held--;
      reject(takedown, document, context);
    }
  }

  private void reject(Text takedown, Envelope document, Context context) {
    count.rejected++;
    var rejection =
        new Rejection("takedown", takedown.subject, "in no takedown (" + takedown.takedown + ")");
    context.output(OutRecord.TAG, rejects.record(document, rejection));
  }

  @Override
  public void processElement2(Verdict verdict, Context context, Collector<Envelope> out)
      throws Exception {
    verdicts.add(verdict);
    // On a survivor that a better copy has replaced the verdict comes after its window.
    context.timerService().registerEventTimeTimer(context.timestamp());
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Envelope> out) throws Exception {
    List<Verdict> later = new ArrayList<>();
    for (Verdict verdict : verdicts.get()) {
      if (scope.windowEnd(verdict.ordinal) > time) {
        later.add(verdict);
        continue;
      }
      Envelope document = texts.get(verdict.ordinal);
      if (document == null) {
        // Rejected by a takedown since.
        continue;
      }
      texts.remove(verdict.ordinal);
      count.held--;
      count.duplicates++;
      context.output(OutRecord.TAG, mark(document, verdict));
    }
    verdicts.update(later);
    List<Envelope> due = new ArrayList<>();
    for (var entry : texts.entries()) {
      if (scope.release(entry.getKey()) <= time) {
        due.add(entry.getValue());
      }
    }
    due.sort(Comparator.comparingLong(document -> document.ordinal));
    for (Envelope document : due) {
      texts.remove(document.ordinal);
      if (!document.end) {
        count.held--;
        count.emitted++;
      }
      out.collect(document);
    }
  }

  private OutRecord mark(Envelope document, Verdict verdict) {
    DuplicateMark mark =
        DuplicateMark.newBuilder()
            .setId(document.id)
            .setOrdinal(document.ordinal)
            .setSource(document.source)
            .setUrl(document.url)
            .setCanonical(verdict.canonical)
            .setRule(verdict.rule)
            .setSimilarity(verdict.similarity)
            .setCounted(verdict.exact)
            .setLate(verdict.late)
            .setRetracted(
                scope.windowEnd(verdict.canonicalOrdinal) > scope.windowEnd(verdict.ordinal))
            .build();
    return OutRecord.of(
        connection.topics().duplicatesDocuments(), -1, document.id, codec.encode(mark));
  }
}
