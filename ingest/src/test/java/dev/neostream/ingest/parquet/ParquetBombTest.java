package dev.neostream.ingest.parquet;

import static dev.neostream.ingest.parquet.Parquets.concat;
import static dev.neostream.ingest.parquet.Parquets.data;
import static dev.neostream.ingest.parquet.Parquets.dictionary;
import static dev.neostream.ingest.parquet.Parquets.littleEndian;
import static dev.neostream.ingest.parquet.Parquets.plain;
import static dev.neostream.ingest.parquet.Parquets.run;
import static dev.neostream.ingest.parquet.Parquets.varint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.parquet.Parquets.Column;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a few kilobytes that stand for gigabytes: rejected in bounded memory. */
class ParquetBombTest {

  private static final int MEBIBYTE = 1 << 20;
  private static final long MOST_ALLOCATED_BYTES = 512L * MEBIBYTE;
  private static final int DICTIONARY = 8;
  private static final long TWO_BILLION = 2_000_000_000;

  @TempDir Path folder;

  @Test
  void shouldRejectRowGroupWhenItsDictionariesFillTheMemory() throws IOException {
    byte[] pages =
        concat(
            dictionary(new byte[64 * MEBIBYTE], 16 * MEBIBYTE),
            data(concat(new byte[1], run(4)), 4, DICTIONARY));
    byte[] unread = new byte[2 * MEBIBYTE]; // for its size the file may give out 400 MiB
    new Random(17).nextBytes(unread);
    byte[] file =
        Parquets.file(
            1,
            4,
            new Column("unread", false, unread),
            new Column("text", false, pages),
            new Column("url", false, pages),
            new Column("domain", false, pages),
            new Column("id", false, pages));

    List<Item> items = read(file);

    assertEquals(List.of("parquet.damaged"), Items.reasons(items));
    assertEquals(1, items.size());
    assertTrue(value(items.get(0)).startsWith("rows 0 to 3: "), value(items.get(0)));
    assertTrue(value(items.get(0)).contains("at once"), value(items.get(0)));
  }

  @Test
  void shouldReadEveryRowWhenOneDictionaryHoldsMillionsOfStrings() throws IOException {
    byte[] pages =
        concat(
            dictionary(new byte[16 * MEBIBYTE], 4 * MEBIBYTE),
            data(concat(new byte[1], run(3)), 3, DICTIONARY));

    List<Item> items = read(Parquets.file(1, 3, new Column("text", false, pages)));

    assertEquals(List.of("", "", ""), items.stream().map(Items::text).toList());
  }

  @Test
  void shouldRejectTheRestWhenARunOfIndicesRepeatsALargeValue() throws IOException {
    byte[] pages =
        concat(
            dictionary(plain(new byte[Item.MAX_PAYLOAD_BYTES]), 1),
            data(concat(new byte[1], run(TWO_BILLION)), TWO_BILLION, DICTIONARY));
    byte[] file = Parquets.file(1, TWO_BILLION, new Column("text", false, pages));
    assertTrue(file.length < 1_500);

    List<Item> items = read(file);

    assertEquals(List.of("parquet.damaged"), Items.reasons(items));
    int kept = items.size() - 1;
    assertTrue(kept >= 1 && kept <= 8, "kept=" + kept);
    assertTrue(
        value(items.get(kept)).startsWith("rows " + kept + " to 1999999999: "),
        value(items.get(kept)));
  }

  @Test
  void shouldRejectTheRestWhenRowsAreFree() throws IOException {
    byte[] levels = run(TWO_BILLION, 0);
    byte[] page = data(concat(littleEndian(levels.length), levels), TWO_BILLION, DICTIONARY);
    byte[] file = Parquets.file(1, TWO_BILLION, new Column("text", true, page));
    Path path = Files.write(folder.resolve("a.parquet"), file);

    long rows = 0;
    Item last = null;
    try (var reader = new ParquetReader(new Origin("in", "a.parquet"), path, Place.START)) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        last = item.get();
        rows++;
      }
    }

    assertTrue(rows > 100_000 && rows < 2_000_000, "rows=" + rows);
    assertEquals("parquet.damaged", Items.broken(last).rejection().reason());
  }

  @Test
  void shouldRejectRowGroupsWhenThousandsShareOneLargePage() throws IOException {
    byte[] content = concat(plain(new byte[] {'x'}), new byte[32 * MEBIBYTE]);
    byte[] file = Parquets.file(5_000, 1, new Column("text", false, data(content, 1, 0)));

    long before = allocated();
    List<Item> items = read(file);

    assertEquals(5_000, items.size());
    assertEquals(1, Items.documents(items).size());
    assertTrue(allocated() - before < MOST_ALLOCATED_BYTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {Values.DELTA_LENGTHS, Values.DELTA_STRINGS})
  void shouldRejectRowGroupWhenLengthsFillTheMemory(int encoding) throws IOException {
    for (long rows : new long[] {4, TWO_BILLION}) {
      byte[] page = data(lengths(100 * MEBIBYTE), rows, encoding);

      long before = allocated();
      List<Item> items = read(Parquets.file(1, rows, new Column("text", false, page)));

      assertEquals(List.of("parquet.damaged"), Items.reasons(items), "rows=" + rows);
      assertEquals(1, items.size());
      assertTrue(allocated() - before < 64L * MEBIBYTE);
    }
  }

  /** So many lengths of 0 as blocks of 2^20, each in four bytes: least difference 0 of no bits. */
  private static byte[] lengths(int count) {
    var parts = new byte[count / MEBIBYTE + 1][];
    parts[0] = concat(varint(MEBIBYTE), varint(1), varint(count), varint(0));
    for (int i = 1; i < parts.length; i++) {
      parts[i] = new byte[2];
    }
    return concat(parts);
  }

  private List<Item> read(byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("a.parquet"), file);
    return Items.all(new ParquetReader(new Origin("in", "a.parquet"), path, Place.START));
  }

  private static String value(Item item) {
    return Items.broken(item).rejection().value();
  }

  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
