package dev.neostream.dedup.job;

import dev.neostream.dedup.line.SimilarLines;
import dev.neostream.schemas.job.Counted;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Cuts similar lines out of each text by itself. No state. */
final class LineFunction extends KeyedProcessFunction<Integer, RankedText, RankedText>
    implements Counted {

  private final int minCharacters;
  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient SimilarLines lines;
  private transient Leftovers leftovers;

  /**
   * @param minCharacters least characters of a document that something was cut from
   */
  LineFunction(int minCharacters, KafkaConnection connection) {
    this.minCharacters = minCharacters;
    this.connection = connection;
  }

  @Override
  public void countInto(DocumentCount count) {
    this.count = count;
  }

  @Override
  public void open(OpenContext context) {
    lines = new SimilarLines();
    leftovers = new Leftovers(minCharacters, count, connection);
  }

  @Override
  public void processElement(RankedText text, Context context, Collector<RankedText> out) {
    if (!text.document.end) {
      count.read++;
      text.leave(lines.without(text.document.body));
    }
    leftovers.handOn(text, out, record -> context.output(OutRecord.TAG, record));
  }
}
