package dev.neostream.tokens.topic;

import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.SequencerState;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.Sequencer;
import dev.neostream.tokens.pack.Lane;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Feeds events to a {@link Sequencer} and forwards what it decides; what it remembers is saved with
 * every event, in the event's own transaction.
 */
final class SequencerProcessor
    implements Processor<byte[], SpecificRecordBase, String, SpecificRecordBase> {

  static final String STATE = "sequencer-state";
  static final String HASHES = "block-hashes";
  static final String BATCHES = "train-batches";
  static final String DECISIONS = "mixture-decisions";

  private static final String ONLY_KEY = "state";

  private final String run;
  private final Sequencer.Settings settings;
  private final Consumer<Optional<String>> waiting;
  private ProcessorContext<String, SpecificRecordBase> context;
  private KeyValueStore<String, SequencerState> states;
  private KeyValueStore<String, Long> hashes;
  private Sequencer sequencer;

  SequencerProcessor(String run, Sequencer.Settings settings, Consumer<Optional<String>> waiting) {
    this.run = run;
    this.settings = settings;
    this.waiting = waiting;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecordBase> processorContext) {
    context = processorContext;
    states = context.getStateStore(STATE);
    hashes = context.getStateStore(HASHES);
    SequencerState saved = states.get(ONLY_KEY);
    sequencer = saved == null ? new Sequencer(settings) : new Sequencer(settings, saved);
  }

  @Override
  public void process(Record<byte[], SpecificRecordBase> event) {
    SpecificRecordBase value = event.value();
    if (value instanceof TokenIndex entry) {
      sequencer.index(entry);
      if (!entry.getClosed() && !entry.getDomain().startsWith(Lane.HELD_OUT)) {
        hashes.put(key(entry.getDomain(), entry.getLane(), entry.getBlock()), entry.getHash());
      }
    } else if (value instanceof StepReport report) {
      sequencer.completed(report.getStep());
    } else if (value instanceof MixtureUpdate proposal) {
      forward(event, sequencer.propose(proposal), DECISIONS);
      context.commit();
    } else {
      throw new IllegalArgumentException(
          "event must be a TokenIndex, MixtureUpdate or StepReport: value=" + value);
    }
    List<TrainBatch> batches = sequencer.emit(this::hash);
    for (TrainBatch batch : batches) {
      forward(event, batch, BATCHES);
    }
    if (!batches.isEmpty()) {
      // Trainers see a batch when it is committed; they should not wait out the commit interval.
      context.commit();
    }
    states.put(ONLY_KEY, sequencer.state());
    waiting.accept(sequencer.waitingFor());
  }

  private void forward(Record<byte[], ?> event, SpecificRecordBase value, String sink) {
    context.forward(new Record<>(run, value, event.timestamp()), sink);
  }

  private long hash(String domain, int lane, long block) {
    String key = key(domain, lane, block);
    Long hash = hashes.get(key);
    if (hash == null) {
      throw new IllegalStateException("an indexed block must have a hash: block=" + key);
    }
    return hash;
  }

  private static String key(String domain, int lane, long block) {
    return domain + "/" + lane + "/" + block;
  }
}
