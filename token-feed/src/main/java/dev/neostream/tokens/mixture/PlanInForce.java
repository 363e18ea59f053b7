package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.SequencerState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;

/** The plan that a run follows, and what may replace it. Not thread-safe. */
final class PlanInForce {

  private int version;
  private MixtureUpdate update;
  private MixturePlan plan;

  /** Takes over what {@link #save} left in a state, or an earlier version's form of it. */
  void restore(SequencerState state) {
    version = state.getPlanVersion();
    update = state.getUpdate();
    if (update == null && state.getPlan() != null) {
      update = firstForm(state.getPlan());
    }
    plan = update == null ? null : MixturePlan.from(update);
  }

  void save(SequencerState state) {
    state.setPlanVersion(version);
    state.setUpdate(update);
  }

  /** Returns the version in force; 0 before the first. */
  int version() {
    return version;
  }

  /** Returns the plan in force, or null before the first. */
  MixturePlan plan() {
    return plan;
  }

  /**
   * Accepts a plan from a step on, or refuses it with the reason; never throws on a bad plan.
   *
   * @param nextStep first step that has not been emitted
   * @param domains domains that a plan may ask
   */
  MixtureDecision propose(MixtureUpdate proposal, long nextStep, Set<String> domains) {
    Optional<String> problem = problem(proposal, nextStep, domains);
    if (problem.isEmpty()) {
      update = proposal;
      plan = MixturePlan.from(proposal);
      version = proposal.getVersion();
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

  private Optional<String> problem(MixtureUpdate proposal, long nextStep, Set<String> domains) {
    if (proposal.getExpectedVersion() != version || proposal.getVersion() != version + 1) {
      return Optional.of(
          "the plan must replace the version in force: in force="
              + version
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
        .problemWith(domains)
        .or(
            () ->
                plan == null
                    ? Optional.empty()
                    : proposed.problemReplacing(plan, nextStep, proposal.getAfterEnd()));
  }

  /**
   * Returns the proposal that a version wrote which kept it as bytes, without their schema. Uses
   * the generated decoder: Avro's reflective one asks for classes to be trusted globally.
   */
  private static MixtureUpdate firstForm(ByteBuffer bytes) {
    try (InputStream written = PlanInForce.class.getResourceAsStream("MixtureUpdate.v1.avsc")) {
      byte[] binary = new byte[bytes.remaining()];
      bytes.duplicate().get(binary);
      var proposal = new MixtureUpdate();
      proposal.customDecode(
          DecoderFactory.get()
              .resolvingDecoder(
                  new Schema.Parser().parse(written),
                  MixtureUpdate.getClassSchema(),
                  DecoderFactory.get().binaryDecoder(binary, null)));
      return proposal;
    } catch (IOException e) {
      throw new UncheckedIOException("state must hold a plan as earlier versions wrote it", e);
    }
  }
}
