package dev.neostream.trainer.collective;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.zip.CRC32C;

/**
 * One frame of the ring protocol, version 1, in a reused direct buffer. All fields little-endian.
 *
 * <pre>
 *  byte 0         1         2                   4
 *      +---------+---------+-------------------+---------------------------------------+
 *    0 | version | kind    | sender            | generation                            |
 *      +---------+---------+-------------------+---------------------------------------+
 *    8 | run                                                                           |
 *      +-------------------------------------------------------------------------------+
 *   16 | operation                                                                     |
 *      +---------------------------------------+---------------------------------------+
 *   24 | length                                | step                                  |
 *      +---------------------------------------+---------------------------------------+
 *   32 | offset                                | count                                 |
 *      +---------------------------------------+---------------------------------------+
 *   40 | CRC32C                                | count fp32 values ...                 |
 *      +---------------------------------------+---------------------------------------+
 * </pre>
 *
 * <ul>
 *   <li>{@code kind}: 0 data, 1 abort. {@code sender}: rank, unsigned.
 *   <li>{@code run}, {@code generation}: see {@link RingMember}; frames of others are ignored.
 *   <li>{@code operation}: counts the sums of this generation from 1. {@code length}: elements of
 *       the whole vector.
 *   <li>{@code step}: step of the ring, 0 .. 2 (ranks - 1) - 1; in an abort the rank that failed
 *       first. {@code offset}: first element of the chunk in the vector. {@code count}: its
 *       elements.
 *   <li>{@code CRC32C}: of the whole frame with this field zero.
 * </ul>
 */
final class Frame {

  static final int HEADER = 44;
  static final byte DATA = 0;
  static final byte ABORT = 1;

  private static final byte VERSION = 1;

  private static final int KIND = 1;
  private static final int SENDER = 2;
  private static final int GENERATION = 4;
  private static final int RUN = 8;
  private static final int OPERATION = 16;
  private static final int LENGTH = 24;
  private static final int STEP = 28;
  private static final int OFFSET = 32;
  private static final int COUNT = 36;
  private static final int CRC = 40;

  private final ByteBuffer bytes;
  private final FloatBuffer values;
  private final CRC32C crc = new CRC32C();

  /** Makes room for frames of up to {@code capacity} bytes. */
  Frame(int capacity) {
    bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    values = bytes.slice(HEADER, capacity - HEADER).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /** The bytes as they travel. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** The payload, from index 0, whatever the frame's count. */
  FloatBuffer values() {
    return values;
  }

  /** Writes the header around {@code count} values that are in place already. */
  void encode(
      RingMember member, byte kind, long operation, int length, int step, int offset, int count) {
    bytes
        .clear()
        .limit(HEADER + count * Float.BYTES)
        .put(0, VERSION)
        .put(KIND, kind)
        .putShort(SENDER, (short) member.rank())
        .putInt(GENERATION, member.generation())
        .putLong(RUN, member.run())
        .putLong(OPERATION, operation)
        .putInt(LENGTH, length)
        .putInt(STEP, step)
        .putInt(OFFSET, offset)
        .putInt(COUNT, count)
        .putInt(CRC, 0);
    bytes.putInt(CRC, checksum());
  }

  /**
   * Checks a received frame's form.
   *
   * @throws IllegalStateException if it is not a whole frame of this version
   */
  void check() {
    if (bytes.limit() < HEADER || bytes.get(0) != VERSION) {
      throw new IllegalStateException(
          "a frame must be of version %d and >= %d bytes: version=%d, bytes=%d"
              .formatted(VERSION, HEADER, bytes.limit() > 0 ? bytes.get(0) : -1, bytes.limit()));
    }
    int expected = bytes.getInt(CRC);
    bytes.putInt(CRC, 0);
    int found = checksum();
    bytes.putInt(CRC, expected);
    if (found != expected || bytes.limit() != HEADER + (long) count() * Float.BYTES) {
      throw new IllegalStateException(
          "a frame must arrive as sent: CRC32C=%08x, computed=%08x, count=%d, bytes=%d"
              .formatted(expected, found, count(), bytes.limit()));
    }
  }

  private int checksum() {
    crc.reset();
    crc.update(bytes);
    bytes.position(0);
    return (int) crc.getValue();
  }

  boolean belongsTo(RingMember member) {
    return bytes.getLong(RUN) == member.run() && bytes.getInt(GENERATION) == member.generation();
  }

  byte kind() {
    return bytes.get(KIND);
  }

  int sender() {
    return Short.toUnsignedInt(bytes.getShort(SENDER));
  }

  long operation() {
    return bytes.getLong(OPERATION);
  }

  int length() {
    return bytes.getInt(LENGTH);
  }

  int step() {
    return bytes.getInt(STEP);
  }

  int offset() {
    return bytes.getInt(OFFSET);
  }

  int count() {
    return bytes.getInt(COUNT);
  }
}
