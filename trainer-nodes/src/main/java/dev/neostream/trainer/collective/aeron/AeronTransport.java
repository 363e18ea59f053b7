package dev.neostream.trainer.collective.aeron;

import dev.neostream.trainer.collective.RingMember;
import dev.neostream.trainer.collective.Transport;
import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ring between processes of one host, over Aeron IPC through a media driver in another process.
 *
 * <p>Rank r listens on stream {@code baseStreamId + 4096 generation + r}. Because every generation
 * has streams of its own, a publication connects to this generation's subscriber only: nothing is
 * sent before it listens, and a dead process's streams hold nobody up. Runs that share a media
 * driver must use different base stream ids.
 */
public final class AeronTransport implements Transport {

  private static final int MAX_RANKS = 4096;

  /** A driver shows once a second that it lives. */
  private static final long LEAST_TIMEOUT_MS = 10_000;

  /** Shared memory that a rank's publication takes. */
  public static final long BYTES = 3 * (4L << 20) + 4096;

  /**
   * Frames as large as Aeron has them, for the fewest polls. Terms of 1 to 16 MiB are equally fast;
   * these take 12 MiB of shared memory a rank.
   */
  private static final String CHANNEL = "aeron:ipc?term-length=4m|mtu=65504";

  private final RingMember member;
  private final AtomicReference<Throwable> clientError = new AtomicReference<>();
  private final Aeron aeron;
  private final ExclusivePublication toNext;
  private final Subscription fromPrevious;
  private final UnsafeBuffer outgoing = new UnsafeBuffer(0, 0);
  private final ControlledFragmentHandler copy = this::copy;

  private boolean reachedNext;
  private boolean heardPrevious;
  private ByteBuffer incoming;
  private int received;

  /**
   * Joins the media driver. The other ranks may join later. A driver that is silent is waited for
   * until the member's deadline, so that a paused launcher ends no rank.
   *
   * @param aeronDirectory the driver's directory
   * @param baseStreamId first stream id of the run
   * @throws IllegalStateException if no driver answers there
   */
  public AeronTransport(Path aeronDirectory, int baseStreamId, RingMember member) {
    if (member.ranks() > MAX_RANKS) {
      throw new IllegalArgumentException(
          "ranks must be <= %d: ranks=%d".formatted(MAX_RANKS, member.ranks()));
    }
    this.member = member;
    int streams = Math.addExact(baseStreamId, Math.multiplyExact(member.generation(), MAX_RANKS));
    Aeron.Context context =
        new Aeron.Context()
            .aeronDirectoryName(aeronDirectory.toString())
            .driverTimeoutMs(Math.max(LEAST_TIMEOUT_MS, member.deadline().toMillis()))
            .errorHandler(error -> clientError.compareAndSet(null, error));
    if (!CommonContext.isDriverActive(
        aeronDirectory.toFile(), context.driverTimeoutMs(), message -> {})) {
      throw new IllegalStateException(
          "a media driver must be running: aeronDirectory=" + aeronDirectory);
    }
    aeron = Aeron.connect(context);
    fromPrevious = aeron.addSubscription("aeron:ipc", streams + member.rank());
    toNext = aeron.addExclusivePublication(CHANNEL, streams + member.next());
  }

  @Override
  public RingMember member() {
    return member;
  }

  @Override
  public int maxFrame() {
    return toNext.maxPayloadLength();
  }

  @Override
  public Outcome send(ByteBuffer frame) {
    checkClient();
    outgoing.wrap(frame);
    long result = toNext.offer(outgoing, frame.position(), frame.remaining());
    if (result > 0) {
      reachedNext = true;
      return Outcome.SENT;
    }
    if (result == Publication.BACK_PRESSURED || result == Publication.ADMIN_ACTION) {
      return Outcome.BACK_PRESSURED;
    }
    if (result == Publication.NOT_CONNECTED) {
      if (reachedNext) {
        throw new IllegalStateException("rank %d left the ring".formatted(member.next()));
      }
      return Outcome.NOT_CONNECTED;
    }
    throw new IllegalStateException(
        "the publication to rank %d must be open and have room: %s"
            .formatted(member.next(), Publication.errorString(result)));
  }

  @Override
  public boolean receive(ByteBuffer frame) {
    checkClient();
    incoming = frame;
    received = -1;
    boolean last = !fromPrevious.isConnected();
    fromPrevious.controlledPoll(copy, 1);
    if (received < 0 && last && heardPrevious) {
      throw new IllegalStateException("rank %d left the ring".formatted(member.previous()));
    }
    if (received > frame.capacity()) {
      throw new IllegalStateException(
          "a frame must be <= %d bytes: bytes=%d".formatted(frame.capacity(), received));
    }
    heardPrevious |= received >= 0;
    return received >= 0;
  }

  /** Must not throw: Aeron would hand the exception to the error handler and lose the frame. */
  private ControlledFragmentHandler.Action copy(
      DirectBuffer buffer, int offset, int length, Header header) {
    received = length;
    if (length <= incoming.capacity()) {
      incoming.clear().limit(length);
      buffer.getBytes(offset, incoming, 0, length);
    }
    return ControlledFragmentHandler.Action.COMMIT;
  }

  private void checkClient() {
    Throwable error = clientError.get();
    if (error != null || aeron.isClosed()) {
      throw new IllegalStateException(
          "the media driver must be alive and the transport open: rank=%d, %s"
              .formatted(member.rank(), error == null ? "closed" : error.getMessage()),
          error);
    }
  }

  /** Leaves the media driver; frames that the next rank has not read yet stay readable. */
  @Override
  public void close() {
    aeron.close();
  }
}
