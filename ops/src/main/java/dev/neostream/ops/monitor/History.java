package dev.neostream.ops.monitor;

import dev.neostream.ops.account.RejectExamples;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.StepReport;
import java.util.List;
import java.util.Map;

/**
 * How a run came to where it stands; what a report tells beyond {@link Status}.
 *
 * @param steps training steps, in order
 * @param changes plans that were proposed, in order
 * @param plans accepted plans by version
 * @param silences what was decided about domains without a next block, in order
 * @param rejects a few rejects of each rule
 */
public record History(
    List<StepReport> steps,
    List<Status.Change> changes,
    Map<Integer, MixtureUpdate> plans,
    List<MixtureDecision> silences,
    List<RejectExamples.Example> rejects) {

  public History {
    steps = List.copyOf(steps);
    changes = List.copyOf(changes);
    plans = Map.copyOf(plans);
    silences = List.copyOf(silences);
    rejects = List.copyOf(rejects);
  }
}
