package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.DomainCursor;
import dev.neostream.schemas.avro.LaneState;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.SequencerState;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.DomainLanes.Cursor;
import dev.neostream.tokens.mixture.DomainSampler.Stretch;
import dev.neostream.tokens.mixture.ReadingOrder.Place;
import dev.neostream.tokens.pack.Lane;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Turns sealed blocks, mixture plans and finished steps into training batches.
 *
 * <p>The content of a step is a function of the accepted plans with their first steps and of what
 * the lanes hold in the end; when and in which order events arrived does not matter. Therefore a
 * step waits for the block that is next in reading order rather than taking another, and is emitted
 * whole or not at all. The promise rests on closing records: blocks that a lane receives after it
 * was closed (a new era of input) are read from the current window of the shuffle on, or in the
 * next epoch where reading has passed their places.
 *
 * <p>Shares are kept by {@link DomainSampler}; what a domain is owed is carried over every change
 * of plan and phase. A domain that is closed without a block counts as not asked, so its share goes
 * to the others in proportion; a step is therefore made only when each domain asked is known to
 * hold a block or to be empty. What a domain was owed before its share went to the others stays
 * owed.
 *
 * <p>Where input has no end, nothing says that a domain's next block will never come. After as long
 * as the run waits, {@link #silent()} decides what {@link Settings#whenSilent()} says, once and on
 * record: from then on batches also depend on when that was, and the record and the batches are
 * what a replay goes by.
 *
 * <p>Costs: an event is O(domains x lanes) at most, a step O(rows x domains), whatever the number
 * of blocks. Not thread-safe.
 */
public final class Sequencer {

  /**
   * What is fixed for a run.
   *
   * @param domains domains that may be trained on; held in name order
   * @param lanes lanes of every domain
   * @param rowsPerStep rows of every step
   * @param lead how many steps may be emitted beyond the last step reported finished
   * @param whenSilent what is done about a domain whose next block does not come
   * @param maxEpochs how many times a silent domain is read at most
   * @param shuffleBlocks blocks of a domain that are shuffled at a time, in whole rounds of its
   *     lanes; 1: none
   * @param seed of the shuffle
   */
  public record Settings(
      List<String> domains,
      int lanes,
      int rowsPerStep,
      int lead,
      WhenSilent whenSilent,
      int maxEpochs,
      int shuffleBlocks,
      long seed) {

    /** Steps emitted ahead of training: enough to prefetch, few enough for a quick change. */
    public static final int DEFAULT_LEAD = 4;

    /** Waits for every block; no shuffle. */
    public Settings(List<String> domains, int lanes, int rowsPerStep, int lead) {
      this(domains, lanes, rowsPerStep, lead, WhenSilent.WAIT, 1, 1, 0);
    }

    public Settings {
      domains = List.copyOf(new TreeSet<>(domains));
      if (domains.isEmpty()) {
        throw new IllegalArgumentException("domains must not be empty");
      }
      for (String domain : domains) {
        if (domain.startsWith(Lane.HELD_OUT)) {
          throw new IllegalArgumentException(
              "a held-out domain must not be trained on: domain=" + domain);
        }
      }
      requirePositive("lanes", lanes);
      requirePositive("rowsPerStep", rowsPerStep);
      requirePositive("lead", lead);
      requirePositive("maxEpochs", maxEpochs);
      requirePositive("shuffleBlocks", shuffleBlocks);
    }

    private DomainLanes lanesOf(String domain) {
      int windowRounds = Math.max(1, shuffleBlocks / lanes);
      return new DomainLanes(domain, lanes, new ReadingOrder(domain, lanes, windowRounds, seed));
    }

    private static void requirePositive(String name, int value) {
      if (value <= 0) {
        throw new IllegalArgumentException(name + " must be > 0: " + name + "=" + value);
      }
    }
  }

  /** What is done about a domain whose next block does not come, while its lanes are open. */
  public enum WhenSilent {
    /** Training waits. */
    WAIT,
    /** Its share goes to the others until it has a step's rows again. */
    SHARE,
    /** It is read again from its start, up to {@link Settings#maxEpochs} times; then as SHARE. */
    REPEAT
  }

  /** Where the hashes of indexed blocks are kept. */
  @FunctionalInterface
  public interface BlockHashes {
    /** Returns {@code TokenIndex.hash} of a block that was indexed. */
    long of(String domain, int lane, long block);
  }

  /**
   * What the next step lacks; only an event of this lane (any lane: domain -1) can end the wait.
   */
  private record Wait(int domain, int lane, String what) {
    boolean endsWith(int eventDomain, int eventLane) {
      return domain < 0 || (domain == eventDomain && lane == eventLane);
    }
  }

  private final Settings settings;
  private final DomainLanes[] lanes;
  private Cursor[] cursors;
  private long[] debts;
  private final boolean[] silent;
  private final boolean[] leftOut;
  private final List<MixtureDecision> decisions = new ArrayList<>();
  private long nextStep;
  private long completedStep = -1;
  private int planVersion;
  private MixtureUpdate update;
  private MixturePlan plan;
  private Wait wait;

  /** Returns a sequencer at the start of a run. */
  public Sequencer(Settings settings) {
    this.settings = settings;
    int domains = settings.domains().size();
    lanes = new DomainLanes[domains];
    for (int i = 0; i < domains; i++) {
      lanes[i] = settings.lanesOf(settings.domains().get(i));
    }
    cursors = new Cursor[domains];
    Arrays.fill(cursors, Cursor.START);
    debts = new long[domains];
    silent = new boolean[domains];
    leftOut = new boolean[domains];
  }

  /**
   * Returns a sequencer that continues where another was.
   *
   * @param state what {@link #state()} returned
   * @throws IllegalArgumentException if the state holds a domain or lane that the settings lack
   */
  public Sequencer(Settings settings, SequencerState state) {
    this(settings);
    nextStep = state.getNextStep();
    completedStep = state.getCompletedStep();
    planVersion = state.getPlanVersion();
    if (state.getPlan() != null) {
      update = decode(state.getPlan());
      plan = MixturePlan.from(update);
    }
    for (LaneState lane : state.getLanes()) {
      lanes[index(lane.getDomain(), lane.getLane())].restore(
          lane.getLane(), lane.getBlocks(), lane.getClosed());
    }
    for (DomainCursor cursor : state.getCursors()) {
      int domain = index(cursor.getDomain(), 0);
      cursors[domain] = new Cursor(cursor.getRound(), cursor.getLane(), cursor.getEpoch());
      debts[domain] = cursor.getDebt();
      silent[domain] = cursor.getSilent();
      leftOut[domain] = cursor.getLeftOut();
    }
  }

  /** Returns everything the sequencer remembers but the block hashes. */
  public SequencerState state() {
    var laneStates = new ArrayList<LaneState>();
    var domainCursors = new ArrayList<DomainCursor>();
    for (int i = 0; i < lanes.length; i++) {
      String domain = settings.domains().get(i);
      for (int lane = 0; lane < settings.lanes(); lane++) {
        laneStates.add(new LaneState(domain, lane, lanes[i].blocks(lane), lanes[i].closed(lane)));
      }
      Cursor at = cursors[i];
      domainCursors.add(
          new DomainCursor(
              domain, at.round(), at.lane(), at.epoch(), silent[i], leftOut[i], debts[i]));
    }
    return new SequencerState(
        nextStep,
        completedStep,
        planVersion,
        update == null ? null : encode(update),
        laneStates,
        domainCursors);
  }

  /** Returns the first step that has not been emitted. */
  public long nextStep() {
    return nextStep;
  }

  /** Returns what the next step waits for, or empty when it waits for no tokens. */
  public Optional<String> waitingFor() {
    return Optional.ofNullable(wait).map(Wait::what);
  }

  /**
   * Takes note of a sealed block or a closed lane; held-out domains are not this class's business.
   *
   * @throws IllegalStateException if a block is missing or repeated, or a closing record disagrees
   */
  public void index(TokenIndex entry) {
    if (entry.getDomain().startsWith(Lane.HELD_OUT)) {
      return;
    }
    int lane = entry.getLane();
    int domain = index(entry.getDomain(), lane);
    if (entry.getClosed()) {
      lanes[domain].close(lane, entry.getBlock());
    } else {
      lanes[domain].append(lane, entry.getBlock());
    }
    if (leftOut[domain] && lanes[domain].holds(cursors[domain], settings.rowsPerStep())) {
      leftOut[domain] = false;
      wait = null;
      decide(MixtureChange.BACK, domain, "it has the blocks of a step again");
    }
    if (wait != null && wait.endsWith(domain, lane)) {
      wait = null;
    }
  }

  /**
   * Takes note that what the next step waits for has not come for as long as the run waits. Its
   * domain is not waited for again: what is done without its next block is decided when a step asks
   * for it.
   */
  public void silent() {
    if (wait != null && wait.domain >= 0 && settings.whenSilent() != WhenSilent.WAIT) {
      silent[wait.domain] = true;
      wait = null;
    }
  }

  private void decide(MixtureChange change, int domain, String reason) {
    decisions.add(
        new MixtureDecision(
            planVersion,
            false,
            nextStep,
            "sequencer",
            reason,
            0L,
            "",
            change,
            settings.domains().get(domain)));
  }

  /** Returns what was decided about domains since the last call, in order, without a time. */
  public List<MixtureDecision> decisions() {
    List<MixtureDecision> made = List.copyOf(decisions);
    decisions.clear();
    return made;
  }

  /** Takes note that a step is finished; a step run again after a crash may be reported again. */
  public void completed(long step) {
    if (step >= nextStep) {
      throw new IllegalStateException(
          "a finished step must have been emitted: step=" + step + ", next step=" + nextStep);
    }
    completedStep = Math.max(completedStep, step);
  }

  /**
   * Accepts a plan from the next step on, or refuses it with the reason; never throws on a bad
   * plan.
   */
  public MixtureDecision propose(MixtureUpdate proposal) {
    Optional<String> problem = problem(proposal);
    if (problem.isEmpty()) {
      update = proposal;
      plan = MixturePlan.from(proposal);
      planVersion = proposal.getVersion();
      wait = null;
    }
    return new MixtureDecision(
        proposal.getVersion(),
        problem.isEmpty(),
        problem.isEmpty() ? nextStep : -1,
        proposal.getAuthor(),
        proposal.getReason(),
        proposal.getProposedAt(),
        problem.orElse(""),
        MixtureChange.PLAN,
        "");
  }

  private Optional<String> problem(MixtureUpdate proposal) {
    if (proposal.getExpectedVersion() != planVersion || proposal.getVersion() != planVersion + 1) {
      return Optional.of(
          "the plan must replace the version in force: in force="
              + planVersion
              + ", expected="
              + proposal.getExpectedVersion()
              + ", proposed="
              + proposal.getVersion()
              + "; look at the current plan and propose again");
    }
    MixturePlan proposed;
    try {
      proposed = MixturePlan.from(proposal);
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
    return proposed
        .problemWith(new TreeSet<>(settings.domains()))
        .or(() -> plan == null ? Optional.empty() : proposed.problemReplacing(plan, nextStep));
  }

  /**
   * Returns the steps that may be emitted now, in order: at most {@code lead} beyond the last
   * finished step, all of their rows sealed, none after the last of the plan.
   */
  public List<TrainBatch> emit(BlockHashes hashes) {
    var batches = new ArrayList<TrainBatch>();
    while (plan != null
        && wait == null
        && nextStep < plan.steps()
        && nextStep <= completedStep + settings.lead()) {
      nextBatch(hashes).ifPresent(batches::add);
    }
    return batches;
  }

  /** Emits the next step, or leaves everything as it was and sets {@link #wait}. */
  private Optional<TrainBatch> nextBatch(BlockHashes hashes) {
    Phase phase = plan.phaseAt(nextStep);
    Optional<DomainSampler> sampler = sampler(phase);
    if (sampler.isEmpty()) {
      return Optional.empty();
    }
    long[] owed = debts.clone();
    Cursor[] at = cursors.clone();
    var batchRows = new ArrayList<BatchRow>(settings.rowsPerStep());
    var repeated = new ArrayList<Integer>();
    for (int i = 0; i < settings.rowsPerStep(); i++) {
      int domain = sampler.get().next(i, owed);
      String name = settings.domains().get(domain);
      Cursor next = lanes[domain].seek(at[domain]);
      if (!lanes[domain].holds(next) && isRepeated(domain, next)) {
        next = lanes[domain].seek(next.again());
        repeated.add(domain);
      }
      Place place = lanes[domain].place(next);
      if (!lanes[domain].holds(next)) {
        goOnWithout(domain, place);
        return Optional.empty();
      }
      long hash = hashes.of(name, place.lane(), place.round());
      batchRows.add(new BatchRow(name, place.lane(), place.round(), next.epoch(), hash));
      at[domain] = next.next();
    }
    var batch =
        new TrainBatch(
            nextStep,
            planVersion,
            phase.name(),
            plan.learningRate(nextStep),
            batchRows,
            nextStep == plan.steps() - 1);
    repeated.forEach(domain -> decide(MixtureChange.REPEAT, domain, "it has no next block"));
    debts = owed;
    cursors = at;
    nextStep++;
    return Optional.of(batch);
  }

  /**
   * Returns the sampler over the domains asked that hold tokens, or empty and sets {@link #wait}.
   */
  private Optional<DomainSampler> sampler(Phase phase) {
    double[] weights = weights(phase);
    boolean[] without = new boolean[lanes.length];
    boolean any = false;
    for (int i = 0; i < lanes.length; i++) {
      if (weights[i] == 0) {
        continue;
      }
      if (leftOut[i] || lanes[i].isEmpty()) {
        without[i] = true;
        weights[i] = 0;
        continue;
      }
      Cursor first = lanes[i].seek(Cursor.START);
      if (!lanes[i].holds(first)) {
        goOnWithout(i, lanes[i].place(first));
        return Optional.empty();
      }
      any = true;
    }
    if (!any) {
      String silence = anyLeftOut() ? " or silent" : "";
      wait =
          new Wait(-1, -1, "tokens: every domain of phase " + phase.name() + " is empty" + silence);
      return Optional.empty();
    }
    long end = plan.phaseStart(nextStep) + phase.steps();
    var stretches = new ArrayList<Stretch>();
    stretches.add(new Stretch(weights, rows(end - nextStep)));
    while (end < plan.steps()) {
      Phase later = plan.phaseAt(end);
      end += later.steps();
      double[] planned = weights(later);
      // A domain that only later phases ask may be empty, but whether that is known by now depends
      // on arrival: it counts as one with tokens.
      for (int i = 0; i < lanes.length; i++) {
        planned[i] = without[i] ? 0 : planned[i];
      }
      if (Arrays.stream(planned).anyMatch(weight -> weight > 0)) {
        stretches.add(new Stretch(planned, rows(later.steps())));
      }
    }
    return Optional.of(new DomainSampler(stretches));
  }

  private double[] weights(Phase phase) {
    return settings.domains().stream()
        .mapToDouble(domain -> phase.weights().getOrDefault(domain, 0.0))
        .toArray();
  }

  /** Returns the rows of so many steps; a debt falls due within 2^41 rows, so 2^50 are for ever. */
  private long rows(long steps) {
    return Math.min(steps, (1L << 50) / settings.rowsPerStep()) * settings.rowsPerStep();
  }

  private boolean anyLeftOut() {
    for (boolean each : leftOut) {
      if (each) {
        return true;
      }
    }
    return false;
  }

  private boolean isRepeated(int domain, Cursor next) {
    return silent[domain]
        && settings.whenSilent() == WhenSilent.REPEAT
        && next.epoch() + 1 < settings.maxEpochs();
  }

  /**
   * Waits for a block; gives the domain's share to the others if it was once waited for in vain.
   */
  private void goOnWithout(int domain, Place place) {
    String name = settings.domains().get(domain);
    if (silent[domain]) {
      leftOut[domain] = true;
      decide(MixtureChange.SILENT, domain, "it has no next block");
    } else {
      wait =
          new Wait(
              domain,
              place.lane(),
              "block " + place.round() + " of " + name + " lane " + place.lane());
    }
  }

  private int index(String domain, int lane) {
    int index = settings.domains().indexOf(domain);
    if (index < 0 || lane < 0 || lane >= settings.lanes()) {
      throw new IllegalArgumentException(
          "domain and lane must belong to the run: domain="
              + domain
              + ", lane="
              + lane
              + ", domains="
              + settings.domains()
              + ", lanes="
              + settings.lanes());
    }
    return index;
  }

  private static ByteBuffer encode(MixtureUpdate update) {
    try {
      var bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      update.customEncode(encoder);
      encoder.flush();
      return ByteBuffer.wrap(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("plan must be encodable: " + update, e);
    }
  }

  /** Uses the generated decoder: Avro's reflective one asks for classes to be trusted globally. */
  private static MixtureUpdate decode(ByteBuffer bytes) {
    try {
      byte[] binary = new byte[bytes.remaining()];
      bytes.duplicate().get(binary);
      var schema = MixtureUpdate.getClassSchema();
      var update = new MixtureUpdate();
      update.customDecode(
          DecoderFactory.get()
              .resolvingDecoder(schema, schema, DecoderFactory.get().binaryDecoder(binary, null)));
      return update;
    } catch (IOException e) {
      throw new UncheckedIOException("state must hold a plan as this version writes it", e);
    }
  }
}
