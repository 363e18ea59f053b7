package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.StepReport;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;

/** Check of a step that was run again after a crash against what was recorded the first time. */
final class Replay {

  /** The last three fields tell when and how long, the only ones that may differ. */
  private static final List<Schema.Field> REPRODUCED =
      StepReport.getClassSchema()
          .getFields()
          .subList(0, StepReport.getClassSchema().getField("finishedAt").pos());

  private Replay() {}

  /**
   * Returns if both reports agree bit for bit in all reproduced fields.
   *
   * @throws WillRepeatException naming the first field that differs and both values
   */
  static void check(StepReport recorded, StepReport now) {
    for (Schema.Field field : REPRODUCED) {
      Object was = recorded.get(field.pos());
      Object is = now.get(field.pos());
      if (!Objects.equals(was, is)) {
        throw new WillRepeatException(
            "replay diverged at step %d: %s recorded=%s now=%s"
                .formatted(now.getStep(), field.name(), was, is));
      }
    }
  }
}
