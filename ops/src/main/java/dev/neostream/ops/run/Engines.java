package dev.neostream.ops.run;

import dev.neostream.ops.monitor.Vitals;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.job.TokenizeConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What runs a run's parts: brokers, the corpus job, trainer ranks. A {@link Supervisor} calls the
 * methods in the order in which they stand here; {@link #close} ends all that still runs.
 */
public interface Engines extends AutoCloseable {

  /** Starts the brokers, or finds them, and returns how they are reached. */
  KafkaConnection startBroker(Topics topics);

  /** Starts the corpus job from its newest checkpoint. */
  void startJob(KafkaConnection connection, TokenizeConfig tokenize);

  /**
   * Starts all trainer ranks from the newest checkpoint.
   *
   * @param number how many
   * @param generation tells the messages of these ranks from those of earlier ones
   * @param stop asks for the end before they have all started: {@link Ranks#NONE} is the answer
   */
  Ranks startRanks(int number, int generation, BooleanSupplier stop);

  /** Returns what ended although nobody asked it to, and why; empty while all is well. */
  Optional<Failure> failure();

  /**
   * Stops the job; everything it has read is committed when this returns.
   *
   * @throws IllegalStateException if it does not stop in time
   */
  void stopJob(Duration deadline);

  /** Returns how they are; asked by another thread, before they are started and while they end. */
  Vitals vitals();

  /** Returns what the trained model goes on with after each prompt of the run. */
  String sample();

  @Override
  void close();

  /**
   * A part that ended.
   *
   * @param part what: Kafka, the Flink job
   */
  record Failure(String part, Throwable cause) {}

  /**
   * A rank that ended although it should not have.
   *
   * @param problem which, how, and where more is written
   * @param willRepeat whether ranks started again would end the same
   */
  record Failed(String problem, boolean willRepeat) {}

  /** How far ranks are on the way to another number of them. */
  enum Resize {
    /** New ranks are starting; the others train on. */
    UNDER_WAY,
    /** All are told to go on in a ring of the new number. */
    DONE,
    /** A new rank ended before it was ready; the others train on. */
    FAILED
  }

  /** The trainer ranks of one start. */
  interface Ranks extends AutoCloseable {

    /** The ranks of a run that is asked to end before they are started. */
    Ranks NONE =
        new Ranks() {

          @Override
          public boolean finished() {
            return false;
          }

          @Override
          public Optional<Failed> failure() {
            return Optional.empty();
          }

          @Override
          public boolean replaceKilled(int generation) {
            return false;
          }

          @Override
          public Resize resize(int number, int generation) {
            return Resize.UNDER_WAY;
          }

          @Override
          public List<Vitals.Rank> vitals() {
            return List.of();
          }

          @Override
          public void requestStop() {}

          @Override
          public boolean await(Duration deadline) {
            return true;
          }

          @Override
          public void close() {}
        };

    /** True when every rank has ended well. */
    boolean finished();

    /** Returns what went wrong with a rank; empty while all run or have ended well. */
    Optional<Failed> failure();

    /**
     * Starts ranks that were killed again, in a ring with the others, which keep what they hold and
     * hand it on.
     *
     * @param generation of the new ring
     * @return false if that cannot be: no rank is left, or one ended by itself
     */
    boolean replaceKilled(int generation);

    /**
     * Goes on with another number of ranks: called again and again until it has come to that. Those
     * that run train on until the new ones are ready; then all are in a new ring, in which the new
     * ones are given what the others hold, and those without a place in it end.
     *
     * @param number how many
     * @param generation of the new ring; another one than before begins anew
     */
    Resize resize(int number, int generation);

    /** Returns how the ranks are that run. */
    List<Vitals.Rank> vitals();

    /** Asks every rank to stop after the current step and to write a checkpoint. */
    void requestStop();

    /** Waits for every rank to end; returns false if one has not in time. */
    boolean await(Duration deadline);

    /** Ends every rank that still runs. */
    @Override
    void close();
  }
}
