package dev.neostream.ops.monitor;

import dev.neostream.ops.account.RejectExamples;
import dev.neostream.ops.account.StepTimeline;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import java.util.List;
import java.util.Map;

/**
 * How a run came to where it stands, for whoever watches it: as {@link History}, but of a size that
 * does not grow with the run.
 *
 * @param points training steps
 * @param changes plans that were proposed, the last {@value #MOST} in order
 * @param plans accepted plans by version
 * @param silences what was decided about domains without a next block, the last in order
 * @param rejects the last rejects, the newest first
 * @param checkpoints the last checkpoints in order
 */
public record Timeline(
    List<StepTimeline.Point> points,
    List<Status.Change> changes,
    Map<Integer, MixtureUpdate> plans,
    List<MixtureDecision> silences,
    List<RejectExamples.Example> rejects,
    List<Checkpoint> checkpoints) {

  /** How much of everything that grows. */
  static final int MOST = 100;

  /** What there is before anything has happened. */
  public static final Timeline EMPTY =
      new Timeline(List.of(), List.of(), Map.of(), List.of(), List.of(), List.of());

  /**
   * A stored checkpoint.
   *
   * @param path its folder, relative to the run
   * @param at when it was made, milliseconds since the epoch
   */
  public record Checkpoint(long step, String path, long at) {}

  public Timeline {
    points = List.copyOf(points);
    changes = last(changes);
    plans = Map.copyOf(plans);
    silences = last(silences);
    rejects = List.copyOf(rejects);
    checkpoints = last(checkpoints);
  }

  private static <T> List<T> last(List<T> all) {
    return List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size()));
  }
}
