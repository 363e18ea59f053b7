package dev.neostream.schemas.topic;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Encodes records of one type to Confluent frames and decodes frames written under any compatible
 * schema. Not thread-safe.
 */
public final class AvroCodec<T extends SpecificRecordBase> {

  static {
    // Avro refuses to instantiate generated classes it does not know.
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(),
            type -> type.getName().startsWith("dev.neostream.schemas.avro.")));
  }

  private static final int HEADER = 5;

  private final Schema schema;
  private final SchemaRegistry registry;
  private final SpecificDatumWriter<T> writer;
  private final Map<Integer, SpecificDatumReader<T>> readers = new HashMap<>();
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(8192);
  private BinaryEncoder encoder;
  private int id;

  private AvroCodec(Schema schema, SchemaRegistry registry) {
    this.schema = schema;
    this.registry = registry;
    this.writer = new SpecificDatumWriter<>(schema);
  }

  /**
   * Returns a codec.
   *
   * @param schema the record type's generated {@code SCHEMA$}
   */
  public static <T extends SpecificRecordBase> AvroCodec<T> of(
      Class<T> type, SchemaRegistry registry) {
    try {
      return new AvroCodec<>(type.getConstructor().newInstance().getSchema(), registry);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "type must be a generated Avro record: type=" + type.getName(), e);
    }
  }

  /** Returns the frame of a record. */
  public byte[] encode(T value) {
    if (id == 0) {
      id = registry.register(schema);
    }
    try {
      buffer.reset();
      buffer.writeBytes(ByteBuffer.allocate(HEADER).put((byte) 0).putInt(id).array());
      encoder = EncoderFactory.get().binaryEncoder(buffer, encoder);
      writer.write(value, encoder);
      encoder.flush();
      return buffer.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the record in a frame.
   *
   * @throws IllegalArgumentException if the bytes are not a frame of this type
   */
  public T decode(byte[] frame) {
    if (frame.length < HEADER || frame[0] != 0) {
      throw new IllegalArgumentException(
          "value must be a frame (0, schema id, Avro binary) of "
              + schema.getFullName()
              + ": length="
              + frame.length);
    }
    int written = ByteBuffer.wrap(frame, 1, 4).getInt();
    SpecificDatumReader<T> reader =
        readers.computeIfAbsent(
            written, key -> new SpecificDatumReader<>(registry.schema(key), schema));
    try {
      return reader.read(
          null, DecoderFactory.get().binaryDecoder(frame, HEADER, frame.length - HEADER, null));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "value must be Avro binary of " + schema.getFullName() + ": " + e.getMessage(), e);
    }
  }
}
