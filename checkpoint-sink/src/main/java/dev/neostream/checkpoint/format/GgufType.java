package dev.neostream.checkpoint.format;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** How a GGUF file holds the values of a tensor; the numbers are those of {@code ggml_type}. */
public enum GgufType {
  /** Four bytes a value. */
  F32(0, 1, Float.BYTES) {
    @Override
    void encodeBlock(float[] values, ByteBuffer into) {
      into.putFloat(values[0]);
    }
  },

  /** Two bytes a value, rounded to the nearest. */
  F16(1, 1, Short.BYTES) {
    @Override
    void encodeBlock(float[] values, ByteBuffer into) {
      into.putShort(Float16.of(values[0]));
    }
  },

  /**
   * Blocks of 32 values: their scale d in 16 bits, then each value divided by d, rounded to a
   * signed byte. d is the largest magnitude divided by 127; halves are rounded away from 0, and d
   * itself only after the division, as {@code quantize_row_q8_0_ref} of ggml does.
   */
  Q8_0(8, 32, Short.BYTES + 32) {
    @Override
    void encodeBlock(float[] values, ByteBuffer into) {
      float largest = 0;
      for (float value : values) {
        if (Float.isNaN(value)) {
          throw new IllegalArgumentException("a value must be a number: value=NaN");
        }
        largest = Math.max(largest, Math.abs(value));
      }
      float scale = largest / 127;
      float inverse = scale == 0 ? 0 : 1 / scale;
      into.putShort(Float16.of(scale));
      for (float value : values) {
        float scaled = value * inverse;
        int magnitude = (int) (Math.abs((double) scaled) + 0.5);
        into.put((byte) (scaled < 0 ? -magnitude : magnitude));
      }
    }
  };

  private final int number;
  private final int blockValues;
  private final int blockBytes;

  GgufType(int number, int blockValues, int blockBytes) {
    this.number = number;
    this.blockValues = blockValues;
    this.blockBytes = blockBytes;
  }

  /** Returns the number of values that are encoded together: rows must be multiples of it. */
  public int blockValues() {
    return blockValues;
  }

  int number() {
    return number;
  }

  int blockBytes() {
    return blockBytes;
  }

  /** Returns the bytes that this many values take, a multiple of {@link #blockValues}. */
  long bytes(long values) {
    return values / blockValues * blockBytes;
  }

  /** Encodes values, whole blocks, until there are no more or no room is left. */
  void encode(FloatBuffer values, ByteBuffer into) {
    float[] block = new float[blockValues];
    while (values.hasRemaining() && into.remaining() >= blockBytes) {
      values.get(block);
      encodeBlock(block, into);
    }
  }

  abstract void encodeBlock(float[] values, ByteBuffer into);
}
