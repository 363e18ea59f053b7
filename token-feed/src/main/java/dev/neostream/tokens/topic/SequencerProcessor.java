package dev.neostream.tokens.topic;

import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.SequencerState;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.Sequencer;
import dev.neostream.tokens.mixture.SequencerSettings;
import dev.neostream.tokens.mixture.WhenSilent;
import dev.neostream.tokens.pack.Lane;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.streams.processor.PunctuationType;
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
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final String run;
  private final SequencerSettings settings;
  private final Duration patience;
  private final Consumer<Optional<String>> waiting;
  private final LongSupplier lastBatch;
  private Optional<String> waitingFor = Optional.empty();
  private long waitingSince;
  private ProcessorContext<String, SpecificRecordBase> context;
  private KeyValueStore<String, SequencerState> states;
  private KeyValueStore<String, Long> hashes;
  private Sequencer sequencer;

  /**
   * @param patience how long a block is waited for before its domain counts as silent
   * @param waiting told what the next step waits for
   * @param lastBatch tells the step of the last batch that was committed, -1 before the first
   */
  SequencerProcessor(
      String run,
      SequencerSettings settings,
      Duration patience,
      Consumer<Optional<String>> waiting,
      LongSupplier lastBatch) {
    this.run = run;
    this.settings = settings;
    this.patience = patience;
    this.waiting = waiting;
    this.lastBatch = lastBatch;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecordBase> processorContext) {
    context = processorContext;
    states = context.getStateStore(STATE);
    hashes = context.getStateStore(HASHES);
    SequencerState saved = states.get(ONLY_KEY);
    sequencer = saved == null ? new Sequencer(settings) : new Sequencer(settings, saved);
    requireAllBatches();
    if (settings.whenSilent() != WhenSilent.WAIT) {
      context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::look);
    }
  }

  /**
   * Batches commit with the state that knows of them. One that the brokers have lost since would
   * never be made again, and trainers would wait for it for ever.
   */
  private void requireAllBatches() {
    long last = lastBatch.getAsLong();
    long made = sequencer.nextStep() - 1;
    if (last < made) {
      throw new IllegalStateException(
          "the brokers must hold every batch that was made, they have lost records: last batch's"
              + " step="
              + last
              + ", last step made="
              + made
              + "; bring back the brokers' files of one time, or start the run anew");
    }
  }

  /** What a clock decides is decided here, once: it commits with the state that it changes. */
  private void look(long now) {
    if (waitingFor.isPresent() && now - waitingSince >= patience.toMillis()) {
      sequencer.silent();
      emit(now);
    }
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
    } else if (value instanceof BlockFlag flag) {
      sequencer.withdraw(flag);
    } else if (value instanceof MixtureUpdate proposal) {
      forward(event.timestamp(), sequencer.propose(proposal), DECISIONS);
      context.commit();
    } else {
      throw new IllegalArgumentException(
          "event must be a TokenIndex, BlockFlag, MixtureUpdate or StepReport: value=" + value);
    }
    emit(event.timestamp());
  }

  private void emit(long at) {
    List<TrainBatch> batches = sequencer.emit(this::hash);
    for (MixtureDecision decision : sequencer.decisions()) {
      decision.setProposedAt(context.currentSystemTimeMs());
      forward(at, decision, DECISIONS);
    }
    for (TrainBatch batch : batches) {
      forward(at, batch, BATCHES);
    }
    if (!batches.isEmpty()) {
      // Trainers see a batch when it is committed; they should not wait out the commit interval.
      context.commit();
    }
    states.put(ONLY_KEY, sequencer.state());
    if (!sequencer.waitingFor().equals(waitingFor)) {
      waitingFor = sequencer.waitingFor();
      waitingSince = context.currentSystemTimeMs();
    }
    waiting.accept(waitingFor);
  }

  private void forward(long at, SpecificRecordBase value, String sink) {
    context.forward(new Record<>(run, value, at), sink);
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
