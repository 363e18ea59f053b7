package dev.neostream.checkpoint.format;

import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor to be written to a GGUF file.
 *
 * @param name not empty
 * @param type how the file holds it
 * @param shape one to four dimensions, each ≥ 1, row-major; a row is a multiple of the type's block
 * @param values gives its fp32 values; asked once, when its turn has come, so that no two tensors
 *     need be in memory together
 */
public record GgufTensor(
    String name, GgufType type, List<Long> shape, Supplier<FloatBuffer> values) {

  /** {@code GGML_MAX_NAME} without the byte 0 that ends a name there. */
  private static final int MAX_NAME = 63;

  private static final int MAX_DIMENSIONS = 4;

  /**
   * @throws IllegalArgumentException if a rule above does not hold
   */
  public GgufTensor {
    shape = List.copyOf(shape);
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MAX_NAME) {
      throw new IllegalArgumentException(
          "a tensor's name must have 1 .. %d bytes: tensor=%s, bytes=%d"
              .formatted(MAX_NAME, name, length));
    }
    if (shape.isEmpty()
        || shape.size() > MAX_DIMENSIONS
        || shape.stream().anyMatch(side -> side < 1)) {
      throw new IllegalArgumentException(
          "a tensor must have 1 .. %d dimensions, each >= 1: tensor=%s, shape=%s"
              .formatted(MAX_DIMENSIONS, name, shape));
    }
    if (shape.get(shape.size() - 1) % type.blockValues() != 0) {
      throw new IllegalArgumentException(
          "a row of type %s must be a multiple of %d values: tensor=%s, shape=%s"
              .formatted(type, type.blockValues(), name, shape));
    }
  }

  /** Number of values. */
  long size() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Number of bytes in the file. */
  long bytes() {
    return type.bytes(size());
  }
}
