package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import java.util.Optional;

/**
 * Port to the record of what each step did. Every rank reads it, only rank 0 appends: exactly one
 * report a step, in step order, however often a step is run again after a crash.
 */
public interface StepLedger {

  /** Returns the report that is already recorded for a step. */
  Optional<StepReport> recorded(long step);

  /** Appends a step's report. */
  void append(StepReport report);

  /** Appends that a recorded step was run again with other bits; the record stands. */
  void append(StepReplay replay);

  /**
   * Appends an evaluation result. Run again after a crash, an evaluation is appended again, with
   * equal values: the newest of a (step, task, domain, metric) stands.
   */
  void append(EvalResult result);

  /**
   * Returns once everything appended is durable. Called before each checkpoint, so that no step in
   * a checkpoint can be missing from the ledger.
   */
  void flush();
}
