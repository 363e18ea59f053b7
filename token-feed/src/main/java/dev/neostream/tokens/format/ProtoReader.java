package dev.neostream.tokens.format;

import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of a Protocol Buffers message from a part of an array, which is not copied.
 * Every length is checked before it is believed.
 */
final class ProtoReader {

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED_32 = 5;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int wire;
  private long value;
  private int from;

  ProtoReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ProtoReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /**
   * Goes to the next field and returns its number, or 0 at the end.
   *
   * @throws IllegalArgumentException if the message is damaged, with the offset
   */
  int next() {
    if (at == end) {
      return 0;
    }
    long tag = varint();
    wire = (int) tag & 7;
    int field = (int) (tag >>> 3);
    if (tag >>> 32 != 0 || field == 0) {
      throw damaged("a field's number must be 1 to 2^29 - 1");
    }
    switch (wire) {
      case VARINT -> value = varint();
      case FIXED_64 -> skip(8);
      case FIXED_32 -> skip(4);
      case LENGTH -> {
        value = varint();
        if (value < 0 || value > end - at) {
          throw damaged("a field must lie inside its message: bytes=" + value);
        }
        skip((int) value);
      }
      default -> throw damaged("a field's type must be 0, 1, 2 or 5: type=" + wire);
    }
    return field;
  }

  /** Returns the field as a number. */
  long number() {
    require(VARINT);
    return value;
  }

  /** Returns the field as a single-precision number. */
  float real() {
    require(FIXED_32);
    int bits = 0;
    for (int i = 3; i >= 0; i--) {
      bits = bits << 8 | bytes[from + i] & 0xFF;
    }
    return Float.intBitsToFloat(bits);
  }

  /** Returns the field as text; bytes that are not UTF-8 are U+FFFD. */
  String text() {
    require(LENGTH);
    return new String(bytes, from, (int) value, StandardCharsets.UTF_8);
  }

  /** Returns the number of bytes of the field. */
  int size() {
    require(LENGTH);
    return (int) value;
  }

  /** Returns a reader of the field as a message. */
  ProtoReader message() {
    require(LENGTH);
    return new ProtoReader(bytes, from, from + (int) value);
  }

  private void require(int expected) {
    if (wire != expected) {
      throw damaged("a field must be of the type that the format says: type=" + wire);
    }
  }

  private void skip(int count) {
    if (count > end - at) {
      throw damaged("a field must lie inside its message: bytes=" + count);
    }
    from = at;
    at += count;
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw damaged("a number must end inside its message");
      }
      byte b = bytes[at++];
      result |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return result;
      }
    }
    throw damaged("a number must have at most ten bytes");
  }

  private IllegalArgumentException damaged(String rule) {
    return new IllegalArgumentException(rule + ", offset=" + at);
  }
}
