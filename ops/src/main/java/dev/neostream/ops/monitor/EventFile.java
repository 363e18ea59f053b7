package dev.neostream.ops.monitor;

import dev.neostream.ops.PrivateFiles;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Scalars in the file format of TensorBoard: records of {@code Event} messages (TensorFlow's {@code
 * event.proto} and {@code summary.proto}), each framed by its length and two checksums. Written by
 * hand, because its few fields are not worth a generator. Not thread-safe.
 */
final class EventFile implements AutoCloseable {

  private static final String NAME = "events.out.tfevents.";
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final OutputStream out;

  private EventFile(OutputStream out) {
    this.out = out;
  }

  /**
   * Creates the one event file of a folder: TensorBoard takes up files by their names, and would
   * miss that one of the same name begins anew.
   *
   * @param at seconds since the epoch, part of its name
   */
  static EventFile create(Path folder, long at) throws IOException {
    PrivateFiles.createFolder(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, NAME + "*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Path file = PrivateFiles.createFile(folder.resolve(NAME + "%010d.neo".formatted(at)));
    var events = new EventFile(new BufferedOutputStream(Files.newOutputStream(file)));
    var version = new Message();
    version.fixed64(1, Double.doubleToLongBits(at));
    version.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    events.write(version);
    return events;
  }

  /**
   * Adds values of one step.
   *
   * @param at milliseconds since the epoch
   * @param values by tag; a {@code /} in a tag groups charts
   */
  void add(long step, long at, Map<String, Double> values) throws IOException {
    var summary = new Message();
    for (Map.Entry<String, Double> value : values.entrySet()) {
      var scalar = new Message();
      scalar.bytes(1, value.getKey().getBytes(StandardCharsets.UTF_8));
      scalar.fixed32(2, Float.floatToIntBits(value.getValue().floatValue()));
      summary.bytes(1, scalar.toByteArray());
    }
    var event = new Message();
    event.fixed64(1, Double.doubleToLongBits(at / 1e3));
    event.varint(2, step);
    event.bytes(5, summary.toByteArray());
    write(event);
  }

  private void write(Message event) throws IOException {
    byte[] bytes = event.toByteArray();
    byte[] length = little(Long.BYTES).putLong(bytes.length).array();
    out.write(length);
    out.write(little(Integer.BYTES).putInt(checksum(length)).array());
    out.write(bytes);
    out.write(little(Integer.BYTES).putInt(checksum(bytes)).array());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** CRC-32C, masked as TFRecord does because a record may itself hold checksums. */
  static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** A protocol buffers message that is being written, field by field. */
  private static final class Message extends ByteArrayOutputStream {

    void varint(int field, long value) {
      number((long) field << 3 | VARINT);
      number(value);
    }

    void fixed64(int field, long bits) {
      number((long) field << 3 | FIXED64);
      writeBytes(little(Long.BYTES).putLong(bits).array());
    }

    void fixed32(int field, int bits) {
      number((long) field << 3 | FIXED32);
      writeBytes(little(Integer.BYTES).putInt(bits).array());
    }

    void bytes(int field, byte[] value) {
      number((long) field << 3 | BYTES);
      number(value.length);
      writeBytes(value);
    }

    private void number(long value) {
      for (; (value & ~0x7fL) != 0; value >>>= 7) {
        write((int) (value & 0x7f | 0x80));
      }
      write((int) value);
    }
  }
}
