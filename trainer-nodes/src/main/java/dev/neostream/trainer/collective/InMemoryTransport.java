package dev.neostream.trainer.collective;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.IntStream;

/** A ring inside one process: a bounded queue of frames between each rank and the next. */
public final class InMemoryTransport implements Transport {

  /** Frames from one rank to the next; buffers circulate between the two queues. */
  private static final class Link {
    private final ArrayBlockingQueue<ByteBuffer> empty;
    private final ArrayBlockingQueue<ByteBuffer> full;
    private volatile boolean senderLeft;
    private volatile boolean receiverLeft;

    Link(int frames, int maxFrame) {
      empty = new ArrayBlockingQueue<>(frames);
      full = new ArrayBlockingQueue<>(frames);
      for (int i = 0; i < frames; i++) {
        empty.add(ByteBuffer.allocateDirect(maxFrame));
      }
    }
  }

  private final RingMember member;
  private final int maxFrame;
  private final Link toNext;
  private final Link fromPrevious;
  private volatile boolean closed;

  private InMemoryTransport(RingMember member, int maxFrame, Link toNext, Link fromPrevious) {
    this.member = member;
    this.maxFrame = maxFrame;
    this.toNext = toNext;
    this.fromPrevious = fromPrevious;
  }

  /**
   * Returns the transports of a whole ring, by rank.
   *
   * @param maxFrame largest frame, bytes
   * @param frames frames that a link holds before it presses back, ≥ 1
   */
  public static List<Transport> ring(
      long run, int generation, int ranks, Duration deadline, int maxFrame, int frames) {
    List<Link> links = IntStream.range(0, ranks).mapToObj(r -> new Link(frames, maxFrame)).toList();
    List<Transport> ring = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      RingMember member = new RingMember(run, generation, rank, ranks, deadline);
      ring.add(
          new InMemoryTransport(member, maxFrame, links.get(rank), links.get(member.previous())));
    }
    return List.copyOf(ring);
  }

  @Override
  public RingMember member() {
    return member;
  }

  @Override
  public int maxFrame() {
    return maxFrame;
  }

  @Override
  public Outcome send(ByteBuffer frame) {
    checkOpen();
    if (toNext.receiverLeft) {
      throw new IllegalStateException("rank %d left the ring".formatted(member.next()));
    }
    ByteBuffer buffer = toNext.empty.poll();
    if (buffer == null) {
      return Outcome.BACK_PRESSURED;
    }
    buffer.clear().put(0, frame, frame.position(), frame.remaining()).limit(frame.remaining());
    toNext.full.add(buffer);
    return Outcome.SENT;
  }

  @Override
  public boolean receive(ByteBuffer frame) {
    checkOpen();
    boolean last = fromPrevious.senderLeft;
    ByteBuffer buffer = fromPrevious.full.poll();
    if (buffer == null) {
      if (last) {
        throw new IllegalStateException("rank %d left the ring".formatted(member.previous()));
      }
      return false;
    }
    frame.clear().put(0, buffer, 0, buffer.limit()).limit(buffer.limit());
    fromPrevious.empty.add(buffer);
    return true;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the transport must be open: rank=%d".formatted(member.rank()));
    }
  }

  @Override
  public void close() {
    closed = true;
    toNext.senderLeft = true;
    fromPrevious.receiverLeft = true;
  }
}
