package dev.neostream.dedup.job;

import dev.neostream.dedup.exact.SurvivorOrder;
import dev.neostream.dedup.exact.TextHash;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.job.Counted;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Passes the survivor of each set of equal texts on and marks the others, one decision a window.
 *
 * <p>State a text: {@code survivor}, the id of the survivor, kept for the life of the run (the
 * scope of deduplication is the run); {@code pending}, the copies of the window that is still open,
 * cleared when the window is decided.
 */
public final class DedupFunction extends KeyedProcessFunction<TextHash, Envelope, Envelope>
    implements Counted {

  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient ValueState<String> survivor;
  private transient MapState<Long, Envelope> pending;
  private transient AvroCodec<DuplicateMark> codec;

  public DedupFunction(KafkaConnection connection) {
    this.connection = connection;
  }

  @Override
  public void countInto(DocumentCount count) {
    this.count = count;
  }

  @Override
  public void open(OpenContext context) {
    survivor = getRuntimeContext().getState(new ValueStateDescriptor<>("survivor", Types.STRING));
    pending =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "pending", Types.LONG, TypeInformation.of(Envelope.class)));
    codec = AvroCodec.of(DuplicateMark.class, connection.registry());
  }

  @Override
  public void processElement(Envelope document, Context context, Collector<Envelope> out)
      throws Exception {
    if (document.end) {
      out.collect(document);
      return;
    }
    count.read++;
    count.held++;
    pending.put(document.ordinal, document);
    context.timerService().registerEventTimeTimer(EventTime.windowEnd(document.ordinal));
  }

  @Override
  public void onTimer(long windowEnd, OnTimerContext context, Collector<Envelope> out)
      throws Exception {
    List<Envelope> window = new ArrayList<>();
    for (Envelope document : pending.values()) {
      if (document.ordinal <= windowEnd) {
        window.add(document);
      }
    }
    window.sort(SurvivorOrder.EARLIEST);
    String standing = survivor.value();
    String canonical = standing;
    for (Envelope document : window) {
      pending.remove(document.ordinal);
      count.held--;
      if (canonical == null) {
        canonical = document.id;
        survivor.update(canonical);
        count.emitted++;
        out.collect(document);
      } else {
        count.duplicates++;
        context.output(OutRecord.TAG, duplicate(document, canonical, standing != null));
      }
    }
  }

  private OutRecord duplicate(Envelope document, String canonical, boolean late) {
    DuplicateMark mark =
        DuplicateMark.newBuilder()
            .setId(document.id)
            .setOrdinal(document.ordinal)
            .setSource(document.source)
            .setUrl(document.url)
            .setCanonical(canonical)
            .setRule("exact")
            .setSimilarity(1.0)
            .setLate(late)
            .build();
    return OutRecord.of(
        connection.topics().duplicatesDocuments(), -1, document.id, codec.encode(mark));
  }
}
