package dev.neostream.ops.page;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.Timeline;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The newest of a run, from whoever supervises it to whoever watches. Thread-safe; nobody who looks
 * can hold up the run.
 */
public final class LiveRun {

  private static final int MOST_LINES = 50;
  private static final int MOST_SAMPLES = 20;

  private final Deque<Line> said = new ArrayDeque<>();
  private final Deque<Sample> samples = new ArrayDeque<>();
  private Status status;
  private Timeline timeline = Timeline.EMPTY;
  private KafkaConnection connection;
  private long version;
  private int watchers;
  private boolean ended;

  public LiveRun(Status first) {
    status = first;
  }

  /**
   * Something that the run said to its user.
   *
   * @param at milliseconds since the epoch
   */
  public record Line(long at, String text) {}

  /**
   * What the model goes on with after each prompt.
   *
   * @param step of the checkpoint that did
   */
  public record Sample(long step, String text) {}

  /**
   * What there was at one moment.
   *
   * @param version rises with every change
   * @param ended whether nothing more will come
   */
  record Moment(
      long version,
      boolean ended,
      Status status,
      Timeline timeline,
      List<Line> said,
      List<Sample> samples) {}

  /** Takes note of what the run says. */
  public synchronized void say(String text) {
    if (said.size() == MOST_LINES) {
      said.removeFirst();
    }
    said.add(new Line(System.currentTimeMillis(), text));
    changed();
  }

  /** Takes note of where the run stands and how it came there. */
  public synchronized void show(Status newest, Timeline way) {
    status = newest;
    timeline = way;
    changed();
  }

  /** Takes note of where the run stands; how it came there is known. */
  public synchronized void show(Status newest) {
    show(newest, timeline);
  }

  /** Takes note of what the model says, once a checkpoint. */
  public synchronized void sample(Sample sample) {
    if (!samples.isEmpty() && samples.getLast().step == sample.step) {
      return;
    }
    if (samples.size() == MOST_SAMPLES) {
      samples.removeFirst();
    }
    samples.add(sample);
    changed();
  }

  synchronized void watchers(int more) {
    watchers += more;
  }

  /** Returns whether anybody looks at the run now. */
  public synchronized boolean watched() {
    return watchers > 0;
  }

  /** From now on the run's topics can be asked. */
  public synchronized void connect(KafkaConnection topics) {
    connection = topics;
  }

  /** Nothing more will come, and the topics can no longer be asked. */
  public synchronized void end() {
    ended = true;
    connection = null;
    changed();
  }

  private void changed() {
    version++;
    notifyAll();
  }

  public synchronized Status status() {
    return status;
  }

  synchronized Optional<KafkaConnection> connection() {
    return Optional.ofNullable(connection);
  }

  synchronized Moment moment() {
    return new Moment(version, ended, status, timeline, List.copyOf(said), List.copyOf(samples));
  }

  /** Returns the newest moment, once it is newer than a version or the time is up. */
  synchronized Moment await(long seen, long timeoutMs) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    for (long left = timeoutMs; version == seen && !ended && left > 0; ) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
    return moment();
  }
}
