package dev.neostream.clean.language;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads fastText's files: little-endian primitives. */
record FastTextInput(InputStream in) implements AutoCloseable {

  int int8() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException();
    }
    return b;
  }

  int int32() throws IOException {
    return int8() | int8() << 8 | int8() << 16 | int8() << 24;
  }

  long int64() throws IOException {
    return Integer.toUnsignedLong(int32()) | (long) int32() << 32;
  }

  byte[] string() throws IOException {
    var bytes = new byte[16];
    int n = 0;
    for (int b = int8(); b != 0; b = int8()) {
      require(n < 1 << 16, "an entry must be shorter than 64 KiB", n);
      bytes = n < bytes.length ? bytes : Arrays.copyOf(bytes, 2 * n);
      bytes[n++] = (byte) b;
    }
    return Arrays.copyOf(bytes, n);
  }

  byte[] bytes(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException();
    }
    return bytes;
  }

  float[] floats(int size) throws IOException {
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = Float.intBitsToFloat(int32());
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  static void require(boolean condition, String what, long found) throws IOException {
    if (!condition) {
      throw new IOException("fastText model: " + what + ": found=" + found);
    }
  }
}
