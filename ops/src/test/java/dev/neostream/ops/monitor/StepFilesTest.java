package dev.neostream.ops.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepFilesTest {

  @TempDir Path folder;

  /** An event as a reader of TensorBoard's format finds it. */
  private record Event(double at, long step, String version, Map<String, Float> scalars) {}

  private static StepReport report(long step, double loss) {
    return new StepReport(
        step,
        3,
        "decay",
        2e-4,
        loss,
        200L,
        List.of(new DomainLoss("code", 1, 50L, 4.0), new DomainLoss("zh.web", 3, 150L, 6.0)),
        1.25,
        255L,
        8L,
        1_700_000_000_500L + step,
        0.5,
        0.125,
        "");
  }

  private List<Path> eventFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("tensorboard"))) {
      return files.toList();
    }
  }

  private StepFiles open() {
    return new StepFiles(folder.resolve("metrics.jsonl"), folder.resolve("tensorboard"));
  }

  /** Reads records with their checksums, and of their messages the fields that are known. */
  private static List<Event> read(Path file) throws IOException {
    ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    var events = new ArrayList<Event>();
    while (records.hasRemaining()) {
      byte[] length = new byte[8];
      records.get(records.position(), length);
      byte[] event = new byte[(int) records.getLong()];
      assertEquals(EventFile.checksum(length), records.getInt());
      records.get(event);
      assertEquals(EventFile.checksum(event), records.getInt());
      events.add(event(ByteBuffer.wrap(event).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return events;
  }

  private static Event event(ByteBuffer message) {
    double at = 0;
    long step = 0;
    String version = "";
    var scalars = new TreeMap<String, Float>();
    while (message.hasRemaining()) {
      switch ((int) varint(message)) {
        case 1 << 3 | 1 -> at = message.getDouble();
        case 2 << 3 -> step = varint(message);
        case 3 << 3 | 2 -> version = StandardCharsets.UTF_8.decode(part(message)).toString();
        case 5 << 3 | 2 -> {
          ByteBuffer summary = part(message);
          while (summary.hasRemaining()) {
            assertEquals(1 << 3 | 2, varint(summary));
            ByteBuffer value = part(summary);
            assertEquals(1 << 3 | 2, varint(value));
            String tag = StandardCharsets.UTF_8.decode(part(value)).toString();
            assertEquals(2 << 3 | 5, varint(value));
            scalars.put(tag, value.getFloat());
            assertEquals(0, value.remaining());
          }
        }
        default -> throw new AssertionError("unknown field before " + message);
      }
    }
    return new Event(at, step, version, scalars);
  }

  private static ByteBuffer part(ByteBuffer message) {
    int length = (int) varint(message);
    ByteBuffer part = message.slice(message.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    message.position(message.position() + length);
    return part;
  }

  private static long varint(ByteBuffer message) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = message.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  @Test
  void shouldWriteAStepForBothKindsOfReader() throws Exception {
    try (StepFiles files = open()) {
      files.add(report(300, 5.5));
      files.add(new EvalResult(300L, "held-out", "all", "loss", 5.25, 64L, null, null));
      files.add(new EvalResult(300L, "held-out", "zh.web", "loss", 6.25, 64L, null, null));
    }

    List<Event> events = read(eventFiles().get(0));
    assertEquals("brain.Event:2", events.get(0).version());
    Event step = events.get(1);
    assertEquals(1_700_000_000.8, step.at());
    assertEquals(300, step.step());
    var expected = new TreeMap<String, Float>();
    expected.put("train/loss", 5.5f);
    expected.put("train/learning_rate", 2e-4f);
    expected.put("train/gradient_norm", 1.25f);
    expected.put("train/tokens_per_second", 400f);
    expected.put("train/sync_seconds", 0.125f);
    expected.put("mixture/plan_version", 3f);
    expected.put("train/loss/code", 4f);
    expected.put("train/loss/zh.web", 6f);
    expected.put("mixture/share/code", 0.25f);
    expected.put("mixture/share/zh.web", 0.75f);
    assertEquals(expected, step.scalars());
    assertEquals(
        List.of(Map.of("held-out/loss", 5.25f), Map.of("held-out/loss/zh.web", 6.25f)),
        events.stream().skip(2).map(Event::scalars).toList());
    assertEquals(4, events.size());
    JsonNode line = new ObjectMapper().readTree(folder.resolve("metrics.jsonl").toFile());
    assertEquals(300, line.get("step").asLong());
    assertEquals(5.5, line.get("loss").asDouble());
    assertEquals(3, line.get("domains").get("zh.web").get("rows").asInt());
    assertEquals("ff", line.get("parameter_hash").asText());
  }

  @Test
  void shouldBeginAnewAtEachStart() throws Exception {
    try (StepFiles files = open()) {
      files.add(report(1, 5.5));
    }
    Path old = folder.resolve("tensorboard/events.out.tfevents.0000000001.neo");
    Files.move(eventFiles().get(0), old);
    Path other = Files.writeString(folder.resolve("tensorboard/notes.txt"), "mine");

    try (StepFiles files = open()) {
      files.add(report(2, 5.5));
    }

    List<Path> left = eventFiles().stream().filter(file -> !file.equals(other)).toList();
    assertEquals(1, left.size());
    assertNotEquals(old, left.get(0));
    assertEquals(List.of(0L, 2L), read(left.get(0)).stream().map(Event::step).toList());
    assertEquals("mine", Files.readString(other));
  }

  /** What TensorBoard 2's own writer makes of the same two events. */
  @Test
  void shouldFrameRecordsAsTensorBoardDoes() throws Exception {
    try (EventFile events = EventFile.create(folder.resolve("golden"), 1)) {
      events.add(2, 3_000, Map.of("a", 0.5));
    }

    byte[] written =
        Files.readAllBytes(folder.resolve("golden/events.out.tfevents.0000000001.neo"));
    assertEquals(
        "1800000000000000a37f4b22"
            + "09000000000000f03f1a0d627261696e2e4576656e743a3286bf577a"
            + "1700000000000000e7cef81e"
            + "09000000000000084010022a0a0a080a0161150000003fabc81ba5",
        HexFormat.of().formatHex(written));
  }
}
