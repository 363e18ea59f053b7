package dev.neostream.dedup.job;

import dev.neostream.dedup.Cut;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Passages;
import dev.neostream.dedup.Repeats;
import dev.neostream.dedup.StagePassages;
import dev.neostream.schemas.job.Counted;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.job.Window;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Where texts wait until their passages are counted: cuts out those that were seen before.
 *
 * <p>State a shard: {@code texts} and {@code repeated} passages of windows that are still open,
 * cleared when texts are handed on.
 */
final class CutFunction
    extends KeyedCoProcessFunction<Integer, RankedText, RepeatedPassages, RankedText>
    implements Counted {

  private final DedupStage stage;
  private final DedupConfig config;
  private final int minCharacters;
  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient Window<RankedText> texts;
  private transient ListState<RepeatedPassages> repeated;
  private transient StagePassages passages;
  private transient Repeats repeats;
  private transient Leftovers leftovers;

  /** Verdicts on the counted passages of the document at hand, and which is next. */
  private transient BitSet verdicts;

  private transient int next;

  /**
   * @param minCharacters least characters of a document that something was cut from
   */
  CutFunction(DedupStage stage, DedupConfig config, int minCharacters, KafkaConnection connection) {
    this.stage = stage;
    this.config = config;
    this.minCharacters = minCharacters;
    this.connection = connection;
  }

  @Override
  public void countInto(DocumentCount count) {
    this.count = count;
  }

  @Override
  public void open(OpenContext context) {
    texts =
        new Window<>(
            getRuntimeContext(),
            "texts",
            RankedText.class,
            text -> text.document.ordinal,
            text -> text.time,
            Comparator.comparingLong(text -> text.document.ordinal));
    repeated =
        getRuntimeContext()
            .getListState(
                new ListStateDescriptor<>("repeated", TypeInformation.of(RepeatedPassages.class)));
    passages = new StagePassages(stage, config);
    // Passages were counted elsewhere: says what was said there, in the same order.
    repeats =
        new Repeats(hash -> verdicts.get(next++) ? config.sightings() : 1, config.sightings());
    leftovers = new Leftovers(minCharacters, count, connection);
  }

  @Override
  public void processElement1(RankedText text, Context context, Collector<RankedText> out)
      throws Exception {
    if (!text.document.end) {
      count.read++;
      count.held++;
    }
    text.time = context.timestamp();
    texts.put(text);
    context.timerService().registerEventTimeTimer(text.time);
  }

  @Override
  public void processElement2(RepeatedPassages some, Context context, Collector<RankedText> out)
      throws Exception {
    repeated.add(some);
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<RankedText> out)
      throws Exception {
    List<RankedText> window = texts.take(time);
    Map<Long, BitSet> drop = new HashMap<>();
    for (RankedText text : window) {
      drop.put(text.document.ordinal, new BitSet());
    }
    List<RepeatedPassages> later = new ArrayList<>();
    for (RepeatedPassages some : repeated.get()) {
      BitSet positions = drop.get(some.ordinal);
      if (positions == null) {
        later.add(some);
        continue;
      }
      for (int position : some.positions) {
        positions.set(position);
      }
    }
    repeated.update(later);
    for (RankedText text : window) {
      if (!text.document.end) {
        count.held--;
        cut(text, drop.get(text.document.ordinal));
      }
      leftovers.handOn(text, out, record -> context.output(OutRecord.TAG, record));
    }
  }

  private void cut(RankedText text, BitSet positions) {
    if (positions.isEmpty()) {
      return;
    }
    byte[] whole = text.document.body;
    Passages all = passages.of(text.document.url, whole);
    verdicts = positions;
    next = 0;
    text.leave(Cut.without(whole, all, repeats.in(all)));
  }
}
