package dev.neostream.ops.cli;

import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.topic.MixtureControl;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every change of the mixture asks for: which run, why, and who says so. */
final class ProposalOptions {

  /** A change is tried from 2, 8, 32 and 128 times `lead` steps on. */
  private static final long FARTHEST_LEADS = 128;

  private static final Duration DECISION_DEADLINE = Duration.ofSeconds(30);

  @Mixin private RunOption run;

  @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Reason.")
  private String why;

  @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
  private String author;

  RunFolder folder() {
    return run.folder();
  }

  /** Returns the definition of the run. */
  RunSpec stored() {
    return stored(run);
  }

  static RunSpec stored(RunOption run) {
    RunFolder folder = run.folder();
    return folder
        .spec()
        .orElseThrow(() -> UserError.notReady("the folder must hold a run: dir=" + folder.root()));
  }

  /**
   * Proposes a change and tells from which step it is in force.
   *
   * @throws UserError if the run is not running, or the change makes no plan or is refused
   */
  void propose(PrintWriter out, MixtureControl.Change change) {
    decide(
        out,
        control ->
            control.change(change, author(), why, System.currentTimeMillis(), DECISION_DEADLINE));
  }

  /**
   * Proposes a change that cuts the phase in force, see {@link #propose}: from twice {@code lead}
   * steps on, so that the step is still to come when the sequencer decides; where it was not, once
   * more from farther ahead.
   *
   * @param change given the step to cut at in place of the next
   */
  void proposeSoon(PrintWriter out, MixtureControl.Change change) {
    int lead = stored().mixture().lead();
    decide(
        out,
        control -> {
          for (long ahead = 2L * lead; ; ahead *= 4) {
            long margin = ahead;
            var cut = new AtomicLong();
            MixtureDecision decision =
                control.change(
                    (current, nextStep) -> change.of(current, cut.addAndGet(nextStep + margin)),
                    author(),
                    why,
                    System.currentTimeMillis(),
                    DECISION_DEADLINE);
            boolean passed =
                control.lastBatch().filter(last -> last.getStep() >= cut.get()).isPresent();
            if (decision.getAccepted() || !passed || ahead >= FARTHEST_LEADS * lead) {
              return decision;
            }
          }
        });
  }

  /** Proposes the plan before the one in force, see {@link #propose}. */
  void undo(PrintWriter out) {
    decide(
        out, control -> control.undo(author(), why, System.currentTimeMillis(), DECISION_DEADLINE));
  }

  private void decide(PrintWriter out, Function<MixtureControl, MixtureDecision> proposal) {
    try {
      MixtureDecision decision = proposal.apply(control());
      if (!decision.getAccepted()) {
        throw new UserError("the plan was refused: " + decision.getProblem());
      }
      out.println(
          "plan " + decision.getVersion() + " in force from step " + decision.getFromStep());
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } catch (IllegalStateException e) {
      throw UserError.notReady(e.getMessage());
    }
  }

  private String author() {
    return author == null ? System.getProperty("user.name") : author;
  }

  /** Returns the control of a run that is running: a plan is decided on by its sequencer. */
  private MixtureControl control() {
    RunSpec stored = stored();
    RunFolder.Address address =
        run.folder()
            .address()
            .orElseThrow(
                () ->
                    UserError.notReady(
                        "the run must be running: dir="
                            + run.folder().root()
                            + "; start it with `ops/neo run --dir "
                            + Shell.word(run.dir())
                            + "`"));
    return new MixtureControl(new KafkaConnection(address.kafka(), new Topics(stored.name())));
  }
}
