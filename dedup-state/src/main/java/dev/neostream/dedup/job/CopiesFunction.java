package dev.neostream.dedup.job;

import dev.neostream.schemas.avro.DocumentCopies;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts the copies of each surviving document; document.copies gets a record a window in which
 * they changed.
 *
 * <p>State a survivor: {@code copies}, kept for the life of the run.
 */
final class CopiesFunction extends KeyedProcessFunction<String, Copy, OutRecord> {

  /** Sources that a record names. */
  static final int MOST_SOURCES = 16;

  /** What is known of a survivor's copies. */
  public static final class Count {
    public int copies;
    public long firstSeen;
    public long lastSeen;
    public String[] sources = {};
  }

  private final KafkaConnection connection;
  private transient ValueState<Count> counts;
  private transient AvroCodec<DocumentCopies> codec;

  CopiesFunction(KafkaConnection connection) {
    this.connection = connection;
  }

  @Override
  public void open(OpenContext context) {
    counts =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("copies", TypeInformation.of(Count.class)));
    codec = AvroCodec.of(DocumentCopies.class, connection.registry());
  }

  @Override
  public void processElement(Copy copy, Context context, Collector<OutRecord> out)
      throws Exception {
    Count count = counts.value();
    if (count == null) {
      count = new Count();
      see(count, copy.canonicalSource, copy.canonicalCrawledAt);
    }
    count.copies += copy.change;
    if (copy.change > 0) {
      see(count, copy.source, copy.crawledAt);
    }
    counts.update(count);
    context.timerService().registerEventTimeTimer(copy.windowEnd);
  }

  private static void see(Count count, String source, long crawledAt) {
    if (crawledAt > 0) {
      count.firstSeen = count.firstSeen == 0 ? crawledAt : Math.min(count.firstSeen, crawledAt);
      count.lastSeen = Math.max(count.lastSeen, crawledAt);
    }
    // The first by name, so that the order of arrival does not show.
    var sources = new TreeSet<>(Arrays.asList(count.sources));
    sources.add(source);
    count.sources = sources.stream().limit(MOST_SOURCES).toArray(String[]::new);
  }

  @Override
  public void onTimer(long windowEnd, OnTimerContext context, Collector<OutRecord> out)
      throws Exception {
    Count count = counts.value();
    String canonical = context.getCurrentKey();
    DocumentCopies record =
        new DocumentCopies(
            canonical, count.copies, count.firstSeen, count.lastSeen, List.of(count.sources));
    out.collect(
        OutRecord.of(connection.topics().documentCopies(), -1, canonical, codec.encode(record)));
  }
}
