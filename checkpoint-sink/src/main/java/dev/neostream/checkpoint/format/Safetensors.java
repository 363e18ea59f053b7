package dev.neostream.checkpoint.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes and reads safetensors files; the package describes the format. */
public final class Safetensors {

  private static final int MAX_HEADER = 100_000_000;

  /** The JDK copies a heap buffer into a direct one of the same size, so large ones go in parts. */
  private static final int MAX_WRITE = 8 << 20;

  private static final String METADATA = "__metadata__";

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private Safetensors() {}

  private record Entry(String dtype, long[] shape, long[] data_offsets) {}

  private record Slot(String name, DType dtype, long[] shape, long begin, long end) {}

  /**
   * Writes a new file and forces it to the device. Tensors lie in the order given. After a failure
   * the file is incomplete: write where nobody looks and rename.
   *
   * @param metadata free text by key, stored beside {@code format = pt}, which tells readers the
   *     row-major layout
   * @throws IllegalArgumentException if a name is used twice or reserved
   * @throws IOException if the file exists or cannot be written
   */
  public static void write(Path file, Map<String, String> metadata, List<Tensor> tensors)
      throws IOException {
    ByteBuffer header = header(metadata, tensors);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeFully(channel, header);
      for (Tensor tensor : tensors) {
        writeFully(channel, tensor.data());
      }
      channel.force(true);
    }
  }

  private static ByteBuffer header(Map<String, String> metadata, List<Tensor> tensors)
      throws IOException {
    Map<String, String> sorted = new TreeMap<>(metadata);
    sorted.put("format", "pt");
    Set<String> names = new HashSet<>(Set.of(METADATA));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writePOJOField(METADATA, sorted);
      long begin = 0;
      for (Tensor tensor : tensors) {
        if (!names.add(tensor.name())) {
          throw new IllegalArgumentException(
              "names must be unique and not %s: tensor=%s".formatted(METADATA, tensor.name()));
        }
        long end = begin + tensor.data().remaining();
        json.writePOJOField(
            tensor.name(),
            new Entry(tensor.dtype().name(), tensor.shape(), new long[] {begin, end}));
        begin = end;
      }
      json.writeEndObject();
    }
    while (out.size() % Long.BYTES != 0) {
      out.write(' ');
    }
    if (out.size() > MAX_HEADER) {
      throw new IllegalArgumentException(
          "a header must be <= %d bytes: bytes=%d, tensors=%d; use more files"
              .formatted(MAX_HEADER, out.size(), tensors.size()));
    }
    return ByteBuffer.allocate(Long.BYTES + out.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(out.size())
        .put(out.toByteArray())
        .flip();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + MAX_WRITE));
      channel.write(bytes);
    }
  }

  /**
   * Returns the tensors of a file in the order of their bytes, as read-only views of the mapped
   * file. A file may be of any size, one tensor at most 2 GiB. The mapping goes with the last view.
   *
   * @throws IOException if the file is not exactly a safetensors file; the message names the file,
   *     the tensor and what is wrong
   */
  public static List<Tensor> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long headerSize = size < Long.BYTES ? -1 : readFully(channel, 0, Long.BYTES).getLong();
      if (headerSize < 2 || headerSize > MAX_HEADER || headerSize > size - Long.BYTES) {
        throw new IOException(
            "%s: header must lie inside the file and be 2 .. %d bytes: header=%s, file=%d"
                .formatted(file, MAX_HEADER, Long.toUnsignedString(headerSize), size));
      }
      byte[] header = readFully(channel, Long.BYTES, (int) headerSize).array();
      long dataStart = Long.BYTES + headerSize;

      List<Slot> slots = slots(file, header);
      checkCover(file, slots, size - dataStart);

      List<Tensor> tensors = new ArrayList<>(slots.size());
      for (Slot slot : slots) {
        long bytes = slot.end - slot.begin;
        if (bytes > Integer.MAX_VALUE) {
          throw new IOException(
              "%s: tensor %s must be <= 2 GiB: bytes=%d".formatted(file, slot.name, bytes));
        }
        ByteBuffer data = channel.map(MapMode.READ_ONLY, dataStart + slot.begin, bytes);
        tensors.add(new Tensor(slot.name, slot.dtype, slot.shape, data));
      }
      return List.copyOf(tensors);
    }
  }

  private static ByteBuffer readFully(FileChannel channel, long position, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the file shrank while it was read: bytes=" + channel.size());
      }
    }
    return buffer.flip();
  }

  private static List<Slot> slots(Path file, byte[] header) throws IOException {
    if (header[0] != '{') {
      throw new IOException("%s: header must start with '{': byte=%d".formatted(file, header[0]));
    }
    // A decoder of ours: Jackson would guess UTF-16 and UTF-32 too.
    InputStreamReader text =
        new InputStreamReader(
            new ByteArrayInputStream(header), StandardCharsets.UTF_8.newDecoder());
    List<Slot> slots = new ArrayList<>();
    String name = METADATA;
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      for (name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        if (name.equals(METADATA)) {
          checkMetadata(file, json);
        } else {
          slots.add(slot(file, name, json.readValueAs(Entry.class)));
        }
      }
      if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
        throw new IOException("%s: header must be one JSON object".formatted(file));
      }
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw new IOException(
          "%s: header must be valid, at or after tensor %s: %s"
              .formatted(file, name, e.getMessage()),
          e);
    }
    return slots;
  }

  private static void checkMetadata(Path file, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("%s: %s must be an object".formatted(file, METADATA));
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new IOException(
            "%s: %s must hold text only: key=%s".formatted(file, METADATA, json.currentName()));
      }
    }
  }

  private static Slot slot(Path file, String name, Entry entry) throws IOException {
    if (entry == null) {
      throw new IOException("%s: tensor %s: must have a dtype, not null".formatted(file, name));
    }
    DType dtype;
    long bytes;
    try {
      dtype = DType.valueOf(entry.dtype);
      bytes = Tensor.bytes(name, dtype, entry.shape);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: tensor %s: %s".formatted(file, name, e.getMessage()), e);
    }
    long[] offsets = entry.data_offsets;
    if (name.isEmpty() || offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
      throw new IOException(
          "%s: tensor %s: must have a name and offsets 0 <= begin <= end".formatted(file, name));
    }
    if (offsets[1] - offsets[0] != bytes) {
      throw new IOException(
          "%s: tensor %s: bytes must fit shape and type: expected=%d, begin=%d, end=%d"
              .formatted(file, name, bytes, offsets[0], offsets[1]));
    }
    return new Slot(name, dtype, entry.shape, offsets[0], offsets[1]);
  }

  private static void checkCover(Path file, List<Slot> slots, long dataBytes) throws IOException {
    slots.sort(Comparator.comparingLong(Slot::begin).thenComparingLong(Slot::end));
    long end = 0;
    for (Slot slot : slots) {
      if (slot.begin != end) {
        throw new IOException(
            "%s: tensor %s: %s: begin=%d, end of the one before=%d"
                .formatted(
                    file,
                    slot.name,
                    slot.begin < end ? "must not overlap" : "must leave no gap",
                    slot.begin,
                    end));
      }
      if (slot.end > dataBytes) {
        throw new IOException(
            "%s: tensor %s: must lie inside the file: end=%d, data=%d"
                .formatted(file, slot.name, slot.end, dataBytes));
      }
      end = slot.end;
    }
    if (end != dataBytes) {
      throw new IOException(
          "%s: no bytes may follow the last tensor: end=%d, data=%d"
              .formatted(file, end, dataBytes));
    }
  }
}
