package dev.neostream.checkpoint.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes GGUF files, which llama.cpp reads; the package describes the format. */
public final class Gguf {

  private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};
  private static final int VERSION = 3;

  /** What a file without {@code general.alignment} is aligned to. */
  private static final int ALIGNMENT = 32;

  private static final int WRITE_BUFFER = 1 << 20;

  private Gguf() {}

  /**
   * Writes a new file and forces it to the device. Tensors lie in the order given and are asked for
   * their values one after the other. After a failure the file is incomplete: write where nobody
   * looks and rename.
   *
   * @param metadata values by key, written in the map's order: Integer as uint32, Float as float32,
   *     Boolean, String, and as arrays {@code int[]} (int32), {@code float[]} and a List of String
   * @throws IllegalArgumentException if a name is used twice, a metadata value is of another type,
   *     or a tensor's values are not as many as its shape says or cannot be held by its type; the
   *     message names it
   * @throws IOException if the file exists or cannot be written
   */
  public static void write(Path file, Map<String, Object> metadata, List<GgufTensor> tensors)
      throws IOException {
    byte[] header = header(metadata, tensors);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE_BUFFER).order(ByteOrder.LITTLE_ENDIAN);
      writeFully(channel, ByteBuffer.wrap(header));
      for (GgufTensor tensor : tensors) {
        write(channel, tensor, buffer);
      }
      channel.force(true);
    }
  }

  private static void write(FileChannel channel, GgufTensor tensor, ByteBuffer buffer)
      throws IOException {
    FloatBuffer values = tensor.values().get();
    if (values.remaining() != tensor.size()) {
      throw new IllegalArgumentException(
          "values must be as many as the shape says: tensor=%s, shape=%s, values=%d"
              .formatted(tensor.name(), tensor.shape(), values.remaining()));
    }
    try {
      while (values.hasRemaining()) {
        tensor.type().encode(values, buffer.clear());
        writeFully(channel, buffer.flip());
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "tensor %s cannot be %s: %s".formatted(tensor.name(), tensor.type(), e.getMessage()), e);
    }
    writeFully(channel, ByteBuffer.allocate(padding(tensor.bytes())));
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Returns all that stands before the values, up to the boundary at which they begin. */
  private static byte[] header(Map<String, Object> metadata, List<GgufTensor> tensors) {
    var out = new Bytes();
    out.writeBytes(MAGIC);
    out.int32(VERSION);
    out.int64(tensors.size());
    out.int64(metadata.size());
    metadata.forEach(
        (key, value) -> {
          out.string(key);
          out.value(key, value);
        });
    Set<String> names = new HashSet<>();
    long offset = 0;
    for (GgufTensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("names must be unique: tensor=" + tensor.name());
      }
      out.string(tensor.name());
      out.int32(tensor.shape().size());
      for (int i = tensor.shape().size() - 1; i >= 0; i--) {
        out.int64(tensor.shape().get(i));
      }
      out.int32(tensor.type().number());
      out.int64(offset);
      offset += tensor.bytes() + padding(tensor.bytes());
    }
    out.writeBytes(new byte[padding(out.size())]);
    return out.toByteArray();
  }

  /** Returns how many bytes are missing to the next boundary. */
  private static int padding(long bytes) {
    return (int) (-bytes & ALIGNMENT - 1);
  }

  /** A header being written, little-endian. */
  private static final class Bytes extends ByteArrayOutputStream {

    // gguf_metadata_value_type
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    void int32(int value) {
      writeBytes(le(Integer.BYTES).putInt(value).array());
    }

    void int64(long value) {
      writeBytes(le(Long.BYTES).putLong(value).array());
    }

    void string(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      int64(utf8.length);
      writeBytes(utf8);
    }

    void value(String key, Object value) {
      if (value instanceof Integer number) {
        int32(UINT32);
        int32(number);
      } else if (value instanceof Float number) {
        int32(FLOAT32);
        int32(Float.floatToRawIntBits(number));
      } else if (value instanceof Boolean flag) {
        int32(BOOL);
        write(flag ? 1 : 0);
      } else if (value instanceof String text) {
        int32(STRING);
        string(text);
      } else if (value instanceof int[] numbers) {
        array(INT32, numbers.length);
        ByteBuffer bytes = le(Integer.BYTES * numbers.length);
        bytes.asIntBuffer().put(numbers);
        writeBytes(bytes.array());
      } else if (value instanceof float[] numbers) {
        array(FLOAT32, numbers.length);
        ByteBuffer bytes = le(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        writeBytes(bytes.array());
      } else if (value instanceof List<?> texts
          && texts.stream().allMatch(String.class::isInstance)) {
        array(STRING, texts.size());
        texts.forEach(text -> string((String) text));
      } else {
        throw new IllegalArgumentException(
            "metadata must be a uint32, float, boolean, text, or an array of such:"
                + " key=%s, value=%s".formatted(key, value));
      }
    }

    private void array(int type, int length) {
      int32(ARRAY);
      int32(type);
      int64(length);
    }

    private static ByteBuffer le(int bytes) {
      return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
