package dev.neostream.ingest.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by pyarrow, see README.md beside them: 50 rows in three row groups. */
class ParquetReaderTest {

  private static final Path FILES = Path.of("src/test/resources/parquet");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain-v1",
        "snappy-v1",
        "gzip-v1",
        "lz4-v1",
        "zstd-v2",
        "brotli-v2",
        "delta-length-v2",
        "nested-v1",
        "nested-v2"
      })
  void shouldReadEveryRowWhenEncodedAndCompressed(String name) throws IOException {
    List<Item> items = read(FILES.resolve(name + ".parquet"));

    assertEquals(50, items.size());
    for (int i = 0; i < 50; i++) {
      // Where the whole group is missing, so is the url in it.
      boolean missing = i % 10 == 7;
      boolean nested = name.startsWith("nested");
      assertEquals(
          missing && nested ? "10" + i / 10 + "7" : "http://example.org/" + i, items.get(i).url());
      assertEquals(i, items.get(i).offset());
      if (missing) {
        assertEquals("parquet.no_text", Items.broken(items.get(i)).rejection().reason());
        assertEquals("no value", Items.broken(items.get(i)).rejection().value());
      } else {
        assertEquals("Page " + i + " says: " + "grün 中文 ".repeat(i % 5), Items.text(items.get(i)));
        assertEquals(
            Map.of(
                "id",
                "\"" + (1000 + i) + "\"",
                "language",
                i % 3 > 0 ? "\"en\"" : "\"zh\"",
                "date",
                "\"2024-01-%02dT12:00:00Z\"".formatted(1 + i % 28)),
            Items.document(items.get(i)).attributes());
      }
    }
  }

  @Test
  void shouldReadPagesWhoseHeadersHoldLongStatistics() throws IOException {
    List<Item> items = read(FILES.resolve("statistics-v1.parquet"));

    assertEquals(60, Items.documents(items).size());
    assertTrue(Items.text(items.get(59)).startsWith("Row 59. A text longer"));
  }

  @Test
  void shouldGoOnAtNextRowGroupWhenOneIsDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(FILES.resolve("plain-v1.parquet"));
    int row =
        new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("Page 4 says");
    bytes[row - 1] = 0x7f; // the length of a string

    List<Item> items = read(Files.write(folder.resolve("a.parquet"), bytes));

    assertEquals(4 + 1 + 30, items.size());
    Item.Broken damaged = Items.broken(items.get(4));
    assertEquals("parquet.damaged", damaged.rejection().reason());
    assertTrue(damaged.rejection().value().startsWith("rows 4 to 19: "), damaged.toString());
    assertEquals("http://example.org/20", items.get(5).url());
    assertEquals(20, items.get(5).offset());
  }

  @Test
  void shouldRejectFileWhenItIsNoParquet() throws IOException {
    Path path = folder.resolve("a.parquet");
    byte[] sound = Files.readAllBytes(FILES.resolve("snappy-v1.parquet"));

    for (int length : new int[] {0, 1, 11, 12, 100, sound.length - 1}) {
      Files.write(path, Arrays.copyOf(sound, length));

      assertEquals(List.of("parquet.syntax"), Items.reasons(read(path)), "length=" + length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain-v1", "snappy-v1", "lz4-v1", "zstd-v2", "delta-length-v2", "nested-v2"})
  void shouldEndAndBeRepeatableWhenBytesAreRandomlyDamaged(String name) throws IOException {
    byte[] sound = Files.readAllBytes(FILES.resolve(name + ".parquet"));
    var random = new Random(5);
    Path path = folder.resolve("a.parquet");
    for (int round = 0; round < 300; round++) {
      byte[] bytes = sound.clone();
      for (int hits = random.nextInt(6); hits >= 0; hits--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(path, bytes);

      List<String> once = read(path).stream().map(ParquetReaderTest::describe).toList();

      assertTrue(once.size() <= 60, "round " + round);
      assertEquals(once, read(path).stream().map(ParquetReaderTest::describe).toList());
    }
  }

  private static String describe(Item item) {
    return item instanceof Item.Broken ? item.toString() : item.url() + Items.text(item);
  }

  private static List<Item> read(Path path) throws IOException {
    return Items.all(
        new ParquetReader(new Origin("in", path.getFileName().toString()), path, Place.START));
  }
}
