package dev.neostream.trainer.collective;

import dev.neostream.trainer.train.GradientSync;
import dev.neostream.trainer.train.LostRankException;
import java.nio.FloatBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Ring all-reduce: reduce-scatter, then all-gather, bandwidth-optimal with 2 (N - 1) / N of the
 * vector sent by each of N ranks. Source: Patarasuk and Yuan, "Bandwidth optimal all-reduce
 * algorithms for clusters of workstations", 2009.
 *
 * <p>The vector is cut into N segments. In step k = 0 .. 2N - 3 rank r sends segment (r - k) mod N
 * to rank r + 1 and receives segment (r - k - 1) mod N from rank r - 1. In the first N - 1 steps it
 * adds what it receives to its own values; then segment r + 1 is complete here, and in the others
 * it replaces its own by what it receives. So segment s is added up in the order of ranks s, s + 1,
 * .., s + N - 1 (mod N), once, and copied: every rank gets the same bits.
 *
 * <p>Segments travel in chunks of one frame. A chunk is sent on as soon as it is reduced, and one
 * thread alternates between receiving and sending, so finite buffers cannot make the ring wait for
 * itself. An empty segment travels as one empty frame: a sum of nothing still waits for all ranks.
 *
 * <p>A rank that fails tells the next one, which fails and tells the next: all ranks end with an
 * error naming the rank that failed first. After a failure the ring stays broken; ranks start again
 * in a new generation. Not thread-safe.
 */
public final class RingAllReduce implements GradientSync {

  /** Values added at a time: the three arrays involved stay in the first-level cache. */
  private static final int BLOCK = 2048;

  /** How long a failing rank tries to tell the next one, ns. */
  private static final long ABORT_PATIENCE = 5_000_000_000L;

  private final Transport transport;
  private final RingMember member;
  private final BooleanSupplier givenUp;
  private final Frame outgoing;
  private final Frame incoming;
  private final Cursor sending;
  private final Cursor receiving;
  private final float[] own = new float[BLOCK];
  private final float[] other = new float[BLOCK];

  private long operation;
  private int length;
  private boolean staged;
  private Transport.Outcome outcome = Transport.Outcome.SENT;
  private int firstFailed;
  private int idle;
  private LostRankException failure;

  /** Takes its place in the ring; the transport is closed with it. */
  public RingAllReduce(Transport transport) {
    this(transport, () -> false);
  }

  /**
   * The same for a ring that somebody watches: a process that is killed shows in a transport late,
   * or never, and one that is wanted besides not at all.
   *
   * @param givenUp asked when a sum begins and while this rank waits; true ends the sum as a lost
   *     rank does
   */
  public RingAllReduce(Transport transport, BooleanSupplier givenUp) {
    this.transport = transport;
    this.givenUp = givenUp;
    this.member = transport.member();
    this.outgoing = new Frame(transport.maxFrame());
    this.incoming = new Frame(transport.maxFrame());
    int chunk = (transport.maxFrame() - Frame.HEADER) / Float.BYTES;
    this.sending = new Cursor(member.ranks(), chunk);
    this.receiving = new Cursor(member.ranks(), chunk);
  }

  /** Walks over the chunks of one direction in the order in which they travel. */
  private static final class Cursor {
    private final int ranks;
    private final int chunk;
    private int length;
    private int segment;
    private int step;
    private int offset;
    private int end;

    Cursor(int ranks, int chunk) {
      this.ranks = ranks;
      this.chunk = chunk;
    }

    void start(int firstSegment, int vectorLength) {
      length = vectorLength;
      step = 0;
      enter(firstSegment);
    }

    private void enter(int newSegment) {
      segment = newSegment;
      offset = (int) ((long) length * segment / ranks);
      end = (int) ((long) length * (segment + 1) / ranks);
    }

    boolean done() {
      return step == 2 * (ranks - 1);
    }

    int count() {
      return Math.min(chunk, end - offset);
    }

    void advance() {
      offset += count();
      if (offset == end) {
        step++;
        enter((segment + ranks - 1) % ranks);
      }
    }
  }

  @Override
  public int rank() {
    return member.rank();
  }

  @Override
  public int ranks() {
    return member.ranks();
  }

  @Override
  public void sum(FloatBuffer values) {
    if (values.isReadOnly()) {
      throw new IllegalArgumentException("values must be writable: values=" + values);
    }
    if (failure != null) {
      throw new LostRankException(
          "rank %d: the ring broke earlier; start a new generation".formatted(member.rank()),
          failure);
    }
    operation++;
    length = values.remaining();
    sending.start(member.rank(), length);
    receiving.start(member.previous(), length);
    staged = false;
    firstFailed = member.rank();
    try {
      requireNotGivenUp();
      run(values);
    } catch (IllegalStateException e) {
      failure =
          new LostRankException(
              "rank %d of %d, all-reduce %d: %s"
                  .formatted(member.rank(), member.ranks(), operation, e.getMessage()),
              e);
      abort();
      throw failure;
    }
  }

  private void run(FloatBuffer values) {
    long lastProgress = System.nanoTime();
    while (!sending.done() || !receiving.done()) {
      boolean received = !receiving.done() && receive(values);
      boolean sent = !sending.done() && send(values);
      if (received || sent) {
        lastProgress = System.nanoTime();
        idle = 0;
      } else if (System.nanoTime() - lastProgress > member.deadline().toNanos()) {
        throw new IllegalStateException(
            "no progress for %s: %s".formatted(member.deadline(), awaited()));
      } else {
        pause();
      }
    }
  }

  private boolean send(FloatBuffer values) {
    // What is sent in a step was received in the step before, chunk by chunk.
    boolean ready =
        sending.step == 0
            || receiving.step >= sending.step
            || (receiving.step == sending.step - 1 && receiving.offset > sending.offset);
    if (!ready) {
      return false;
    }
    if (!staged) {
      int count = sending.count();
      outgoing.values().put(0, values, values.position() + sending.offset, count);
      outgoing.encode(member, Frame.DATA, operation, length, sending.step, sending.offset, count);
      staged = true;
    }
    outcome = transport.send(outgoing.bytes());
    if (outcome != Transport.Outcome.SENT) {
      return false;
    }
    staged = false;
    sending.advance();
    return true;
  }

  private boolean receive(FloatBuffer values) {
    if (!transport.receive(incoming.bytes())) {
      return false;
    }
    incoming.check();
    if (!incoming.belongsTo(member)) {
      return true;
    }
    if (incoming.kind() == Frame.ABORT) {
      firstFailed = incoming.step();
      throw new IllegalStateException(
          "rank %d gave up in all-reduce %d".formatted(firstFailed, incoming.operation()));
    }
    int count = receiving.count();
    if (incoming.sender() != member.previous()
        || incoming.operation() != operation
        || incoming.length() != length
        || incoming.step() != receiving.step
        || incoming.offset() != receiving.offset
        || incoming.count() != count) {
      throw new IllegalStateException(
          ("ranks must sum vectors of equal length in equal order: expected rank %d, operation %d,"
                  + " length %d, step %d, offset %d, count %d; received rank %d, operation %d,"
                  + " length %d, step %d, offset %d, count %d")
              .formatted(
                  member.previous(),
                  operation,
                  length,
                  receiving.step,
                  receiving.offset,
                  count,
                  incoming.sender(),
                  incoming.operation(),
                  incoming.length(),
                  incoming.step(),
                  incoming.offset(),
                  incoming.count()));
    }
    int at = values.position() + receiving.offset;
    if (receiving.step < member.ranks() - 1) {
      add(values, at, count);
    } else {
      values.put(at, incoming.values(), 0, count);
    }
    receiving.advance();
    return true;
  }

  /**
   * Adds the incoming values to {@code values} from {@code at} on. Through arrays, because on JDK
   * 17 the compiler vectorises array loops but not buffer loops.
   */
  private void add(FloatBuffer values, int at, int count) {
    for (int done = 0; done < count; done += BLOCK) {
      int n = Math.min(BLOCK, count - done);
      incoming.values().get(done, other, 0, n);
      values.get(at + done, own, 0, n);
      for (int i = 0; i < n; i++) {
        own[i] += other[i];
      }
      values.put(at + done, own, 0, n);
    }
  }

  private String awaited() {
    return "awaiting %s; %s"
        .formatted(
            receiving.done()
                ? "nothing more from rank " + member.previous()
                : "step %d, offset %d from rank %d"
                    .formatted(receiving.step, receiving.offset, member.previous()),
            staged
                ? "step %d, offset %d to rank %d is %s"
                    .formatted(sending.step, sending.offset, member.next(), outcome)
                : "nothing to send to rank " + member.next());
  }

  /** Spins, then yields, then sleeps: ranks share cores with the computation they wait for. */
  private void pause() {
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("interrupted: " + awaited());
    }
    requireNotGivenUp();
    idle++;
    if (idle < 64) {
      Thread.onSpinWait();
    } else if (idle < 256) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(50_000);
    }
  }

  private void requireNotGivenUp() {
    if (givenUp.getAsBoolean()) {
      throw new IllegalStateException("given up by who watches the ring: " + awaited());
    }
  }

  /** Tells the next rank, which may be gone or stuck; then its own deadline must do. */
  private void abort() {
    outgoing.encode(member, Frame.ABORT, operation, length, firstFailed, 0, 0);
    long start = System.nanoTime();
    try {
      while (transport.send(outgoing.bytes()) == Transport.Outcome.BACK_PRESSURED
          && System.nanoTime() - start < ABORT_PATIENCE) {
        Thread.yield();
      }
    } catch (IllegalStateException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
