package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Archives;
import dev.neostream.ingest.file.FileIdentity;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.file.SharedData;
import dev.neostream.ingest.parquet.Parquets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader that goes on at a place returns the rest, item for item, and reads only the rest. */
class RestartTest {

  private static final int MOST_RESTARTS = 30;

  @TempDir Path folder;

  private record Read(String item, Place behind) {}

  private static List<Read> read(Path path, Place from) throws IOException {
    var reads = new ArrayList<Read>();
    try (RecordReader reader = new Input("in", path).open(from)) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        reads.add(new Read(describe(item.get()), reader.place()));
      }
    }
    return reads;
  }

  private static List<String> items(List<Read> reads) {
    return reads.stream().map(Read::item).toList();
  }

  private static String describe(Item item) {
    return item instanceof Item.Document document
        ? document.url()
            + document.offset()
            + document.file()
            + document.attributes()
            + Arrays.hashCode(document.payload())
        : item.toString();
  }

  private static void assertSameRestFromEveryPlace(Path path) throws IOException {
    List<Read> whole = read(path, Place.START);
    int step = Math.max(1, whole.size() / MOST_RESTARTS);
    for (int k = 0; k < whole.size(); k += step) {
      assertEquals(
          whole.subList(k + 1, whole.size()),
          read(path, whole.get(k).behind()),
          path + " behind item " + k + " at " + whole.get(k).behind());
    }
  }

  @Test
  void shouldReadSameRestWhenStoppedInAnySampleFile() throws IOException {
    try (var files = Files.walk(SharedData.path("warc-samples"))) {
      for (Path path : files.filter(Files::isRegularFile).sorted().toList()) {
        if (Input.isSupported(path)) {
          assertSameRestFromEveryPlace(path);
        }
      }
    }
  }

  @Test
  void shouldReadSameRestWhenStoppedInAFolderOfArchives() throws IOException {
    assertSameRestFromEveryPlace(SharedData.path("warc-samples"));
    assertSameRestFromEveryPlace(SharedData.path("docs-zh-en"));
  }

  @ParameterizedTest
  @ValueSource(strings = {".jsonl", ".jsonl.gz", ".jsonl.zst"})
  void shouldReadSameRestWhenStoppedInLines(String suffix) throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      text.append(i % 7 == 3 ? "{}\n" : i % 7 == 4 ? "\n" : "{\"text\":\"line " + i + "\"}\n");
    }
    byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);
    Path path = folder.resolve("a" + suffix);
    // Members of 100 bytes, so that lines cross them.
    Files.write(path, Archives.compress(plain, suffix, 100));

    assertEquals(40 - 6, read(path, Place.START).size());
    assertSameRestFromEveryPlace(path);

    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(bytes, bytes.length - 3));
    assertSameRestFromEveryPlace(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {".json", ".json.gz", ".json.zst"})
  void shouldReadSameRestWhenStoppedInAnArray(String suffix) throws IOException {
    var text = new StringBuilder("[");
    for (int i = 0; i < 40; i++) {
      text.append(i == 0 ? "" : i % 3 == 0 ? ",\n" : ", ");
      text.append(i % 7 == 3 ? "{}" : i % 7 == 4 ? "[" + i + "]" : "{\"text\":\"no " + i + "\"}");
    }
    byte[] plain = (text + "] and more").getBytes(StandardCharsets.UTF_8);
    Path path = folder.resolve("a" + suffix);
    Files.write(path, Archives.compress(plain, suffix, 100));

    assertEquals(40 + 1, read(path, Place.START).size());
    assertSameRestFromEveryPlace(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.json", "a.zip", "a.tar", "a.warc"})
  void shouldMentionAFileWithoutRecordsOnce(String name) throws IOException {
    boolean zip = name.endsWith(".zip");
    byte[] nothing = zip ? Archives.of(".zip", Map.of("x.png", new byte[9]), 9) : new byte[0];
    byte[] blank = name.endsWith(".tar") ? new byte[1024] : "\n\n".getBytes(StandardCharsets.UTF_8);
    Path path = Files.write(folder.resolve(name), zip ? nothing : blank);

    List<Read> reads = read(path, Place.START);

    assertEquals(1, reads.size());
    assertTrue(reads.get(0).item().contains(".empty"), reads.get(0).item());
    assertEquals(List.of(), read(path, reads.get(0).behind()));
  }

  @ParameterizedTest
  @ValueSource(strings = {".zip", ".tar", ".tar.gz", ".tar.zst"})
  void shouldReadSameRestWhenStoppedInAnArchive(String suffix) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      String name = i % 5 == 2 ? "skip-" + i + ".bin" : "d/".repeat(i * 4) + "page-" + i + ".html";
      entries.put(name, ("<p>" + "x".repeat(i * 50)).getBytes(StandardCharsets.UTF_8));
    }
    Path path = folder.resolve("a" + suffix);
    Files.write(path, Archives.of(suffix, entries, 1_000));

    assertEquals(24, read(path, Place.START).size());
    assertSameRestFromEveryPlace(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain-v1", "lz4-v1", "zstd-v2", "delta-length-v2", "nested-v2"})
  void shouldReadSameRestWhenStoppedInRows(String name) throws IOException {
    assertSameRestFromEveryPlace(Path.of("src/test/resources/parquet", name + ".parquet"));
  }

  @Test
  void shouldReadSameRestWhenFileGivesAllItMay() throws IOException {
    Path zip = Files.write(folder.resolve("a.zip"), Archives.growingZip());
    byte[] pages =
        Parquets.concat(
            Parquets.dictionary(Parquets.plain(new byte[5 << 20]), 1),
            Parquets.data(Parquets.concat(new byte[1], Parquets.run(7)), 7, 8),
            Parquets.data(Parquets.concat(new byte[1], Parquets.run(90)), 90, 8));
    var column = new Parquets.Column("text", false, pages);
    Path parquet = Files.write(folder.resolve("a.parquet"), Parquets.file(2, 97, column));

    assertEquals(10, read(zip, Place.START).size());
    assertEquals(13, read(parquet, Place.START).size());
    assertSameRestFromEveryPlace(zip);
    assertSameRestFromEveryPlace(parquet);
  }

  /** What stands before the place is wiped: it must not be read again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.warc",
        "a.warc.gz",
        "a.warc.zst",
        "a.jsonl",
        "a.jsonl.gz",
        "a.jsonl.zst",
        "a.tar"
      })
  void shouldReadOnlyTheRestWhenStoppedInALargeFile(String name) throws IOException {
    Path path = Files.write(folder.resolve(name), Archives.sample(name, 200));
    Path wiped = Files.createDirectory(folder.resolve("wiped")).resolve(name);
    List<Read> whole = read(path, Place.START);
    assertEquals(200, whole.size());
    for (int k = 0; k < 200; k += 7) {
      Place place = whole.get(k).behind();
      byte[] bytes = Files.readAllBytes(path);
      int before = (int) Math.min(bytes.length, place.offset());
      Arrays.fill(bytes, Math.min(4, before), before, (byte) 0);
      Files.write(wiped, bytes);

      assertEquals(
          items(whole.subList(k + 1, 200)), items(read(wiped, place.of(FileIdentity.UNKNOWN))));
      // Of the first segment of 500 bytes at most, where there are several records in one.
      assertTrue(place.depth() <= (name.contains("jsonl.") ? 500 : 0), place.toString());
    }
    assertTrue(whole.get(150).behind().offset() > Files.size(path) / 2);
  }

  @Test
  void shouldRejectAnInputThatIsGoneAndFailWhenItGoesWhileItIsRead() throws IOException {
    Path path = folder.resolve("gone.jsonl");

    List<Read> reads = read(path, Place.START);
    assertEquals(1, reads.size());
    assertTrue(reads.get(0).item().contains("file.missing"), reads.get(0).item());
    assertEquals(List.of(), read(path, reads.get(0).behind()));
    assertThrows(IOException.class, () -> read(path, new Place("", 7, 0, 0, 0)));
  }

  private static byte[] lines(int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("{\"text\":\"line ").append(1_000_000 + i).append("\"}\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Place behindSecond(Path input) throws IOException {
    return read(input, Place.START).get(1).behind();
  }

  @ParameterizedTest
  @ValueSource(strings = {"longer", "shorter", "start", "end", "empty"})
  void shouldRefuseAFileThatChangedWhileItWasRead(String change) throws IOException {
    byte[] whole = lines(10_000);
    Path file = Files.write(folder.resolve("a.jsonl"), whole);
    Place from = behindSecond(file);
    byte[] changed =
        switch (change) {
          case "longer" -> lines(10_001);
          case "shorter" -> lines(9_999);
          case "empty" -> new byte[0];
          default -> whole.clone();
        };
    if (change.equals("start")) {
      changed[9] = 'L';
    } else if (change.equals("end")) {
      changed[changed.length - 4] = 'x';
    }
    Files.write(file, changed);

    var refused = assertThrows(IllegalStateException.class, () -> new Input("in", file).open(from));

    assertTrue(
        refused
            .getMessage()
            .startsWith("a file must not change before it is read to its end: file=" + file),
        refused.getMessage());
    assertTrue(refused.getMessage().contains("of=" + whole.length + " bytes, CRC-32C "));
    assertTrue(refused.getMessage().contains("now=" + changed.length + " bytes, CRC-32C "));
  }

  @Test
  void shouldRefuseAFileOfAFolderThatChangedWhileItWasRead() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    Files.write(input.resolve("a.jsonl"), lines(1));
    Files.write(input.resolve("b.jsonl"), lines(5));
    Files.write(input.resolve("c.jsonl"), lines(5));
    Place from = behindSecond(input);
    // Those before it are read, those behind it not begun: they may change.
    Files.write(input.resolve("a.jsonl"), lines(2));
    Files.write(input.resolve("c.jsonl"), lines(6));

    assertEquals(4 + 6, read(input, from).size());
    Files.write(input.resolve("b.jsonl"), lines(6));
    assertThrows(IllegalStateException.class, () -> read(input, from));
  }

  @Test
  void shouldGoOnInACopyOfTheFile() throws IOException {
    Path file = Files.write(folder.resolve("a.jsonl"), lines(5));
    Place from = behindSecond(file);
    Files.delete(file);
    Files.write(file, lines(5));

    assertEquals(3, read(file, from).size());
  }

  /** As positions of earlier versions give it. */
  @Test
  void shouldGoOnWhereNothingIsKnownOfTheFile() throws IOException {
    Path file = Files.write(folder.resolve("a.jsonl"), lines(5));
    Place from = behindSecond(file).of(FileIdentity.UNKNOWN);
    Files.write(file, lines(6));

    assertEquals(4, read(file, from).size());
  }

  @Test
  void shouldRefuseWhenFolderLostTheFileOfThePlace() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "a");
    var input = new Input("in", folder);

    var error =
        assertThrows(IllegalStateException.class, () -> input.open(new Place("b.txt", 0, 0, 0, 0)));

    assertFalse(error.getMessage().isEmpty());
  }
}
