package dev.neostream.checkpoint.format;

/** IEEE 754 binary16, which this Java version has no conversions for. */
final class Float16 {

  /** Exponent bias of binary32 less that of binary16. */
  private static final int BIAS = 127 - 15;

  /** Bits of 2^-14, the smallest magnitude with a full significand. */
  private static final int LEAST_NORMAL = 0x38800000;

  /** Bits of 65520, the smallest magnitude that would round to infinity. */
  private static final int LEAST_INFINITE = 0x477FF000;

  private Float16() {}

  /**
   * Returns the nearest binary16, of two equally near ones the even.
   *
   * @throws IllegalArgumentException if the value is not finite or beyond the largest, 65504
   */
  static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7FFFFFFF;
    if (magnitude >= LEAST_INFINITE) {
      throw new IllegalArgumentException(
          "a value must be finite and at most 65504 to be 16 bits: value=" + value);
    }
    if (magnitude < LEAST_NORMAL) {
      // The unit in the last place of 0.5 is that of such numbers, 2^-24: the sum rounds.
      float sum = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | Float.floatToRawIntBits(sum) - Float.floatToRawIntBits(0.5f));
    }
    int rounded = magnitude + 0xFFF + (magnitude >>> 13 & 1);
    return (short) (sign | (rounded - (BIAS << 23)) >>> 13);
  }

  /** Returns the value of a binary16; every one is a float. */
  static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >>> 10 & 0x1F;
    int significand = bits & 0x3FF;
    int magnitude =
        switch (exponent) {
          case 0 -> Float.floatToRawIntBits(significand * 0x1p-24f);
          case 0x1F -> 0x7F800000 | significand << 13;
          default -> exponent + BIAS << 23 | significand << 13;
        };
    return Float.intBitsToFloat(sign | magnitude);
  }
}
