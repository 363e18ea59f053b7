package dev.neostream.clean.job;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.topic.ProfilesInForce;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.ProfileUpdate;
import dev.neostream.schemas.avro.ShadowDifference;
import dev.neostream.schemas.job.Counted;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.job.Rejects;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Passes clean documents on and sends the others, with the reason, to the side output. Judges by
 * the profile it was made with until another arrives; profiles in force are broadcast state, so a
 * restored job goes on with them.
 */
public final class CleanFunction extends BroadcastProcessFunction<Envelope, byte[], Envelope>
    implements Counted {

  /** Profiles in force that were sent, by their key in {@link ProfilesInForce}. */
  static final MapStateDescriptor<String, String> PROFILES =
      new MapStateDescriptor<>("profiles", Types.STRING, Types.STRING);

  private static final int MOST_GROUPS = 200;

  private final KafkaConnection connection;
  private final CleanConfig config;
  private transient DocumentCount count;
  private transient Rejects rejects;
  private transient AvroCodec<ProfileUpdate> updates;
  private transient AvroCodec<ShadowDifference> differences;
  private transient Cleaner cleaner;

  public CleanFunction(KafkaConnection connection, CleanConfig config) {
    this.connection = connection;
    this.config = config;
  }

  @Override
  public void countInto(DocumentCount count) {
    this.count = count;
  }

  @Override
  public void open(OpenContext context) {
    rejects = new Rejects(Stage.CLEAN, connection);
    updates = AvroCodec.of(ProfileUpdate.class, connection.registry());
    differences = AvroCodec.of(ShadowDifference.class, connection.registry());
  }

  @Override
  public void processBroadcastElement(byte[] value, Context context, Collector<Envelope> out)
      throws Exception {
    var state = context.getBroadcastState(PROFILES);
    ProfilesInForce before = ProfilesInForce.read(config, state::get);
    ProfilesInForce after = before.apply(updates.decode(value));
    if (after != before) {
      after.write(state::put);
      cleaner = null;
    }
  }

  @Override
  public void processElement(Envelope raw, ReadOnlyContext context, Collector<Envelope> out)
      throws Exception {
    if (raw.end) {
      out.collect(raw);
      return;
    }
    if (cleaner == null) {
      ReadOnlyBroadcastState<String, String> state = context.getBroadcastState(PROFILES);
      cleaner = new Cleaner(ProfilesInForce.read(config, state::get).config(config));
    }
    count.read++;
    Cleaned cleaned = cleaner.clean(raw);
    Optional<Rejection> rejection = Optional.empty();
    if (cleaned instanceof Cleaned.Clean clean) {
      count.emitted++;
      count.passed.merge(group(cleaned), 1L, Long::sum);
      out.collect(clean.document());
    } else if (cleaned instanceof Cleaned.Rejected rejected) {
      count.rejected++;
      rejection = Optional.of(rejected.rejection());
      context.output(
          OutRecord.TAG,
          rejects.record(
              raw, rejected.rejection(), cleaned.language(), cleaned.domain(), cleaner.version()));
    }
    if (cleaned.shadow().isPresent()) {
      Optional<Rejection> shadow = cleaned.shadow().get().rejection();
      if (shadow.isPresent() != rejection.isPresent()) {
        context.output(OutRecord.TAG, difference(raw, cleaned, rejection, shadow));
      }
    }
  }

  /** Domains that inputs name are anybody's words; state must not grow with them. */
  private String group(Cleaned cleaned) {
    String group = cleaned.language() + " " + cleaned.domain();
    return count.passed.size() < MOST_GROUPS || count.passed.containsKey(group)
        ? group
        : cleaned.language() + " other";
  }

  private OutRecord difference(
      Envelope raw, Cleaned cleaned, Optional<Rejection> decided, Optional<Rejection> shadow) {
    Rejection rejects = decided.or(() -> shadow).orElseThrow();
    var difference =
        new ShadowDifference(
            raw.id,
            raw.ordinal,
            raw.source,
            raw.url,
            cleaned.language(),
            cleaned.domain(),
            cleaner.profileVersion(),
            decided.map(Rejection::reason).orElse(""),
            cleaner.shadowVersion(),
            shadow.map(Rejection::reason).orElse(""),
            rejects.value(),
            rejects.threshold());
    return OutRecord.of(
        connection.topics().shadowDocuments(), 0, raw.id, differences.encode(difference));
  }
}
