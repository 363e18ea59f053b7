package dev.neostream.ops.run;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.UserError;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.topic.MixtureControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks before ranks start whether they can go on from the newest checkpoint of the model. */
final class CheckpointGuard {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointGuard.class);

  private final Path folder;
  private final Consumer<String> say;

  /**
   * @param say told of each checkpoint that is set aside, one line each
   */
  CheckpointGuard(Path folder, Consumer<String> say) {
    this.folder = folder;
    this.say = say;
  }

  /**
   * Sets aside checkpoints that the run's batches and step reports do not reach: where brokers have
   * lost what they held last, as in a power cut, ranks would wait for a batch that is only made
   * once the steps before it are trained again, and the reports of those steps would stay lost.
   *
   * @throws UserError if that is all of them
   */
  void requireSteps(KafkaConnection connection) {
    var control = new MixtureControl(connection);
    long batch = control.lastBatch().map(TrainBatch::getStep).orElse(-1L);
    long report = control.lastStep().map(StepReport::getStep).orElse(-1L);
    String reached = "last batch's step=" + batch + ", last report's step=" + report;
    long newest = Math.min(batch, report);
    var checkpoints = new CheckpointStore(folder);
    try {
      List<Long> steps = checkpoints.steps();
      if (!steps.isEmpty() && steps.get(0) > newest) {
        throw new UserError(
            "the brokers must hold the batches and reports up to at least one checkpoint, they have"
                + " lost records: oldest checkpoint's step="
                + steps.get(0)
                + ", "
                + reached
                + "; bring back the brokers' files of the same time, or remove "
                + folder
                + " to train again from the first step");
      }
      for (Path ahead : checkpoints.setAsideBeyond(newest)) {
        note(
            "a checkpoint is set aside, for the brokers have lost batches or reports up to it: "
                + reached
                + "; now in "
                + ahead);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Sets aside the newest checkpoints that are not as they were written: ranks then go on from the
   * one before.
   */
  void setAsideDamaged() {
    try {
      for (var damaged : new CheckpointStore(folder).setAsideDamaged()) {
        note(
            "a damaged checkpoint is set aside, training goes on from the one before: "
                + damaged.problem()
                + "; now in "
                + damaged.folder());
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UserError unreadable(IOException cause) {
    return new UserError("checkpoints must be readable: folder=" + folder, cause);
  }

  private void note(String line) {
    LOG.warn(line);
    say.accept(line);
  }
}
