package dev.neostream.clean.job;

import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.rule.Profile;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.job.Counted;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.job.Rejects;
import dev.neostream.schemas.topic.KafkaConnection;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Passes clean documents on and sends the others, with the reason, to the side output. */
public final class CleanFunction extends ProcessFunction<Envelope, Envelope> implements Counted {

  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient Cleaner cleaner;
  private transient Rejects rejects;

  public CleanFunction(KafkaConnection connection) {
    this.connection = connection;
  }

  @Override
  public void countInto(DocumentCount count) {
    this.count = count;
  }

  @Override
  public void open(OpenContext context) {
    cleaner = new Cleaner(Profile.named("documentation"));
    rejects = new Rejects("clean", connection);
  }

  @Override
  public void processElement(Envelope raw, Context context, Collector<Envelope> out) {
    if (raw.end) {
      out.collect(raw);
      return;
    }
    count.read++;
    Cleaned cleaned = cleaner.clean(raw);
    if (cleaned instanceof Cleaned.Clean clean) {
      count.emitted++;
      out.collect(clean.document());
    } else if (cleaned instanceof Cleaned.Rejected rejected) {
      count.rejected++;
      context.output(OutRecord.TAG, rejects.record(raw, rejected.rejection()));
    }
  }
}
