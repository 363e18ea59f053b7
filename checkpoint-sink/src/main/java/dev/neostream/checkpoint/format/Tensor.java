package dev.neostream.checkpoint.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A named array: its element type, its shape (no dimensions: a scalar) and its values,
 * little-endian and row-major.
 *
 * <p>The bytes are shared with the buffer given, not copied: whoever changes them changes the
 * tensor.
 *
 * @param name not empty
 * @param shape dimensions, each ≥ 0
 * @param data {@code product(shape) * dtype.size()} bytes from the buffer's position on
 */
public record Tensor(String name, DType dtype, long[] shape, ByteBuffer data) {

  /**
   * Checks and takes a view of {@code data} from its position to its limit.
   *
   * @throws IllegalArgumentException if the name is empty, a dimension is negative or the bytes do
   *     not fit the shape
   */
  public Tensor {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a tensor must have a name: shape=" + text(shape));
    }
    shape = shape.clone();
    long expected = bytes(name, dtype, shape);
    if (expected != data.remaining()) {
      throw new IllegalArgumentException(
          "bytes must fit shape and type: tensor=%s, dtype=%s, shape=%s, expected=%d, given=%d"
              .formatted(name, dtype, text(shape), expected, data.remaining()));
    }
    data = data.slice();
  }

  /** Returns a copy of the dimensions. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Returns a view of all bytes with its own position, order little-endian. */
  @Override
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes all values as fp32, which holds those of F16 and BF16 exactly.
   *
   * @throws IllegalArgumentException if the values are of another type
   */
  public void copyFloats(FloatBuffer into) {
    ByteBuffer bytes = data();
    switch (dtype) {
      case F32 -> into.put(bytes.asFloatBuffer());
      case F16 -> {
        while (bytes.hasRemaining()) {
          into.put(Float16.toFloat(bytes.getShort()));
        }
      }
      case BF16 -> {
        while (bytes.hasRemaining()) {
          into.put(Float.intBitsToFloat(bytes.getShort() << 16));
        }
      }
      default ->
          throw new IllegalArgumentException(
              "a tensor must be F32, F16 or BF16: tensor=%s, dtype=%s".formatted(name, dtype));
    }
  }

  /**
   * Returns the number of bytes that values of a type and shape take.
   *
   * @throws IllegalArgumentException if a dimension is negative or the number exceeds 2^63 - 1
   */
  static long bytes(String name, DType dtype, long[] shape) {
    long bytes = dtype.size();
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "dimensions must be >= 0: tensor=%s, shape=%s".formatted(name, text(shape)));
      }
      try {
        bytes = Math.multiplyExact(bytes, dimension);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "size must fit 63 bits: tensor=%s, shape=%s".formatted(name, text(shape)), e);
      }
    }
    return bytes;
  }

  private static String text(long[] shape) {
    return shape.length <= 16
        ? Arrays.toString(shape)
        : "%s with %d dimensions"
            .formatted(Arrays.toString(Arrays.copyOf(shape, 16)), shape.length);
  }

  /** Whether name, type, shape and all bytes are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && data.equals(that.data);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return name + " " + dtype + text(shape);
  }
}
