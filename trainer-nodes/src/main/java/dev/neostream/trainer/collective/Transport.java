package dev.neostream.trainer.collective;

import java.nio.ByteBuffer;

/**
 * Moves frames from each rank to the next one around the ring, in order, without loss and without
 * ever blocking. Used by one thread.
 */
public interface Transport extends AutoCloseable {

  /** What became of a frame that was offered. */
  enum Outcome {
    /** Taken; the buffer may be used again. */
    SENT,
    /** Not taken because the next rank is behind; offer it again later. */
    BACK_PRESSURED,
    /** Not taken because the next rank has not joined yet; offer it again later. */
    NOT_CONNECTED
  }

  /** Returns this rank's place in the ring. */
  RingMember member();

  /** Returns the size in bytes of the largest frame. */
  int maxFrame();

  /**
   * Offers the bytes from position to limit of a direct buffer to the next rank; both stay as they
   * are.
   *
   * @throws IllegalStateException if the next rank can never take it: it left, or the transport is
   *     closed or broken
   */
  Outcome send(ByteBuffer frame);

  /**
   * Copies the next frame from the previous rank to the start of a direct buffer of {@link
   * #maxFrame} bytes, with position 0 and the limit at its end, and returns whether there was one.
   *
   * @throws IllegalStateException if none can come: the previous rank left and all it sent was
   *     received, or the transport is closed or broken
   */
  boolean receive(ByteBuffer frame);

  @Override
  void close();
}
