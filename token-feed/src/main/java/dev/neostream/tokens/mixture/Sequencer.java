package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.DomainCursor;
import dev.neostream.schemas.avro.LaneState;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.SequencerState;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.DomainLanes.Cursor;
import dev.neostream.tokens.mixture.ReadingOrder.Place;
import dev.neostream.tokens.pack.Lane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

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
 * as the run waits, {@link #silent()} decides what {@link SequencerSettings#whenSilent()} says,
 * once and on record: from then on batches also depend on when that was, and the record and the
 * batches are what a replay goes by.
 *
 * <p>Costs: an event is O(domains x lanes) at most, a step O(rows x domains), whatever the number
 * of blocks. Not thread-safe.
 */
public final class Sequencer {

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

  private final SequencerSettings settings;
  private final DomainLanes[] lanes;
  private Cursor[] cursors;
  private long[] debts;
  private final boolean[] silent;
  private final boolean[] leftOut;
  private final List<MixtureDecision> decisions = new ArrayList<>();
  private long nextStep;
  private long completedStep = -1;
  private final PlanInForce inForce = new PlanInForce();
  private Wait wait;

  /** Returns a sequencer at the start of a run. */
  public Sequencer(SequencerSettings settings) {
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
  public Sequencer(SequencerSettings settings, SequencerState state) {
    this(settings);
    nextStep = state.getNextStep();
    completedStep = state.getCompletedStep();
    inForce.restore(state);
    for (LaneState lane : state.getLanes()) {
      lanes[index(lane.getDomain(), lane.getLane())].restore(
          lane.getLane(), lane.getBlocks(), lane.getClosed(), lane.getWithdrawn());
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
        laneStates.add(
            new LaneState(
                domain,
                lane,
                lanes[i].blocks(lane),
                lanes[i].closed(lane),
                lanes[i].withdrawn(lane)));
      }
      Cursor at = cursors[i];
      domainCursors.add(
          new DomainCursor(
              domain, at.round(), at.lane(), at.epoch(), silent[i], leftOut[i], debts[i]));
    }
    var state = new SequencerState();
    state.setNextStep(nextStep);
    state.setCompletedStep(completedStep);
    inForce.save(state);
    state.setLanes(laneStates);
    state.setCursors(domainCursors);
    return state;
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
   * Leaves a block out of every step that is not made yet; what is asked of its domain the others
   * of its blocks give. Held-out domains are not this class's business.
   */
  public void withdraw(BlockFlag flag) {
    if (flag.getDomain().startsWith(Lane.HELD_OUT)) {
      return;
    }
    lanes[index(flag.getDomain(), flag.getLane())].withdraw(flag.getLane(), flag.getBlock());
    wait = null;
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
            inForce.version(),
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
    MixtureDecision decision =
        inForce.propose(proposal, nextStep, new TreeSet<>(settings.domains()));
    if (decision.getAccepted()) {
      wait = null;
    }
    return decision;
  }

  /**
   * Returns the steps that may be emitted now, in order: at most {@code lead} beyond the last
   * finished step, all of their rows sealed, none after the last of the plan.
   */
  public List<TrainBatch> emit(BlockHashes hashes) {
    var batches = new ArrayList<TrainBatch>();
    MixturePlan plan = inForce.plan();
    while (plan != null
        && wait == null
        && nextStep < plan.steps()
        && nextStep <= completedStep + settings.lead()) {
      nextBatch(plan, hashes).ifPresent(batches::add);
    }
    return batches;
  }

  /** Emits the next step, or leaves everything as it was and sets {@link #wait}. */
  private Optional<TrainBatch> nextBatch(MixturePlan plan, BlockHashes hashes) {
    Optional<DomainSampler> sampler = sampler(plan);
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
            inForce.version(),
            plan.phaseAt(nextStep).name(),
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
  private Optional<DomainSampler> sampler(MixturePlan plan) {
    var shares = new PlannedShares(plan, settings.domains(), settings.rowsPerStep());
    boolean[] asked = shares.asked(nextStep);
    // A domain that only later steps ask may be empty, but whether that is known by now depends on
    // arrival: it counts as one with tokens.
    boolean[] without = new boolean[lanes.length];
    boolean any = false;
    for (int i = 0; i < lanes.length; i++) {
      if (!asked[i]) {
        continue;
      }
      if (leftOut[i] || lanes[i].isEmpty()) {
        without[i] = true;
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
      String phase = plan.phaseAt(nextStep).name();
      String silence = anyLeftOut() ? " or silent" : "";
      wait = new Wait(-1, -1, "tokens: every domain of phase " + phase + " is empty" + silence);
      return Optional.empty();
    }
    return Optional.of(shares.sampler(nextStep, without));
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
}
