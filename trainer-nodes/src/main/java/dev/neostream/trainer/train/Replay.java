package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;

/** Check of a step that was run again after a crash against what was recorded the first time. */
final class Replay {

  /** Nats a token by which a loss may differ where another environment computes it. */
  static final double LOSS_TOLERANCE = 1e-3;

  /** Share of itself by which a gradient's norm may differ there. */
  static final double NORM_TOLERANCE = 1e-2;

  /** What follows tells when, how long and where, the only fields that may always differ. */
  private static final List<Schema.Field> REPRODUCED =
      StepReport.getClassSchema()
          .getFields()
          .subList(0, StepReport.getClassSchema().getField("finishedAt").pos());

  private Replay() {}

  /**
   * Returns if both reports agree: bit for bit in all reproduced fields if the same environment
   * computed both, else within the tolerances in what is computed, and exactly in all that is
   * given. Sums of another order, as other vector units take them, differ in the last bits, and
   * what follows from them by a little more at every step; a wrong batch, or moments that are lost,
   * differ by more than the tolerances at once.
   *
   * @return what differs within the tolerances; empty if nothing does
   * @throws WillRepeatException naming the first field that differs and both values
   */
  static Optional<StepReplay> check(StepReport recorded, StepReport now) {
    Optional<Schema.Field> difference =
        REPRODUCED.stream()
            .filter(field -> !Objects.equals(recorded.get(field.pos()), now.get(field.pos())))
            .findFirst();
    if (difference.isEmpty()) {
      return Optional.empty();
    }
    if (recorded.getEnvironment().equals(now.getEnvironment()) || !isNear(recorded, now)) {
      Schema.Field field = difference.get();
      throw new WillRepeatException(
          "replay diverged at step %d: %s recorded=%s now=%s%s"
              .formatted(
                  now.getStep(),
                  field.name(),
                  recorded.get(field.pos()),
                  now.get(field.pos()),
                  environments(recorded, now)));
    }
    return Optional.of(
        StepReplay.newBuilder()
            .setStep(now.getStep())
            .setRecordedLoss(recorded.getLoss())
            .setLoss(now.getLoss())
            .setRecordedGradientNorm(recorded.getGradientNorm())
            .setGradientNorm(now.getGradientNorm())
            .setRecordedParameterHash(recorded.getParameterHash())
            .setParameterHash(now.getParameterHash())
            .setRecordedEnvironment(recorded.getEnvironment())
            .setEnvironment(now.getEnvironment())
            .setReplayedAt(now.getFinishedAt())
            .build());
  }

  private static String environments(StepReport recorded, StepReport now) {
    return recorded.getEnvironment().equals(now.getEnvironment())
        ? ""
        : ", more than another environment may: recorded in ["
            + recorded.getEnvironment()
            + "], now in ["
            + now.getEnvironment()
            + "]; go on where it was recorded, or start another run from the checkpoint";
  }

  private static boolean isNear(StepReport recorded, StepReport now) {
    return Math.abs(recorded.getLoss() - now.getLoss()) <= LOSS_TOLERANCE
        && Math.abs(recorded.getGradientNorm() - now.getGradientNorm())
            <= NORM_TOLERANCE * recorded.getGradientNorm()
        && given(recorded).equals(given(now));
  }

  /** Returns what the batch alone decides. */
  private static List<Object> given(StepReport report) {
    return List.of(
        report.getStep(),
        report.getPlanVersion(),
        report.getPhase(),
        report.getLearningRate(),
        report.getTokens(),
        report.getBatchHash(),
        report.getDomains().stream()
            .map(domain -> List.of(domain.getDomain(), domain.getRows(), domain.getTokens()))
            .toList());
  }
}
