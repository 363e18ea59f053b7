package dev.neostream.ingest.warc;

import static dev.neostream.ingest.warc.Warcs.HTML;
import static dev.neostream.ingest.warc.Warcs.bytes;
import static dev.neostream.ingest.warc.Warcs.concat;
import static dev.neostream.ingest.warc.Warcs.gzip;
import static dev.neostream.ingest.warc.Warcs.response;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaczReaderTest {

  private static final byte[] PLAIN =
      concat(response("a", HTML + "a"), bytes("damage\r\n"), response("b", HTML + "b"));

  private static final byte[] MEMBERS =
      concat(gzip(response("c", HTML + "c")), gzip(response("d", HTML + "d")));

  @TempDir Path folder;

  @Test
  void shouldReadTheArchivesInsideAndNothingElse() throws IOException {
    Path path = write(Map.of("archive/a.warc", PLAIN), Map.of("archive/b.warc.gz", MEMBERS));

    List<Item> items = read(path, Place.START);

    assertEquals(
        List.of("a", "b", "c", "d"), Items.documents(items).stream().map(Items::text).toList());
    assertEquals(List.of("warc.syntax"), Items.reasons(items));
    byte[] file = Files.readAllBytes(path);
    for (Item.Document document : Items.documents(items)) {
      assertEquals("in.wacz", document.file());
      byte[] start = Arrays.copyOfRange(file, (int) document.offset(), file.length);
      boolean plain = document.url().compareTo("http://x/b") <= 0;
      assertEquals(plain ? 'W' : 0x1f, start[0], document.url());
    }
  }

  @Test
  void shouldReturnTheSameRestFromEveryPlace() throws IOException {
    Path path =
        write(
            Map.of("archive/a.warc", PLAIN, "archive/empty.warc", new byte[0]),
            Map.of("archive/b.warc.gz", MEMBERS));
    var items = new ArrayList<String>();
    var places = new ArrayList<Place>();
    try (var reader = reader(path, Place.START)) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        items.add(describe(item.get()));
        places.add(reader.place());
      }
      assertEquals(Place.END, reader.place());
    }

    assertEquals(6, items.size());
    for (int i = 0; i < items.size(); i++) {
      assertEquals(
          items.subList(i + 1, items.size()),
          read(path, places.get(i)).stream().map(WaczReaderTest::describe).toList(),
          "behind item " + i);
    }
    assertEquals(List.of(), read(path, Place.END));
  }

  @Test
  void shouldRejectWhatIsCompressedOnceMoreAndGoOn() throws IOException {
    Path path = folder.resolve("in.wacz");
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("archive/a.warc"));
      zip.write(PLAIN);
      put(zip, "archive/b.warc.gz", MEMBERS);
    }
    Files.write(path, out.toByteArray());

    List<Item> items = read(path, Place.START);

    assertEquals(List.of("archive.entry"), Items.reasons(items));
    assertEquals("archive/a.warc", items.get(0).url());
    assertEquals("compressed", Items.broken(items.get(0)).rejection().value());
    assertEquals(List.of("c", "d"), Items.documents(items).stream().map(Items::text).toList());
    try (var reader = reader(path, Place.START)) {
      reader.next();
      assertEquals(
          List.of("c", "d"), read(path, reader.place()).stream().map(Items::text).toList());
    }
  }

  @Test
  void shouldRejectArchivesThatShareTheirBytes() throws IOException {
    Path path = write(Map.of("archive/a.warc", PLAIN), Map.of("archive/b.warc", PLAIN));
    byte[] file = Files.readAllBytes(path);
    int first = indexOf(file, 0, 'P', 'K', 1, 2);
    int second = indexOf(file, first + 4, 'P', 'K', 1, 2);
    while (!new String(file, second + 46, 14, java.nio.charset.StandardCharsets.US_ASCII)
        .equals("archive/b.warc")) {
      second = indexOf(file, second + 4, 'P', 'K', 1, 2);
    }
    int firstArchive = indexOf(file, first, 'a', 'r', 'c', 'h') - 46;
    System.arraycopy(file, firstArchive + 42, file, second + 42, 4);
    Files.write(path, file);

    List<Item> items = read(path, Place.START);

    assertEquals(List.of("archive.entry", "archive.entry"), Items.reasons(items));
    assertEquals(2, items.size());
  }

  @Test
  void shouldRejectFileThatIsNoZip() throws IOException {
    Path path = Files.write(folder.resolve("in.wacz"), PLAIN);

    List<Item> items = read(path, Place.START);

    assertEquals(List.of("archive.syntax"), Items.reasons(items));
    assertTrue(Items.broken(items.get(0)).rejection().value().contains("directory"));
  }

  private static int indexOf(byte[] bytes, int from, int... wanted) {
    for (int i = from; ; i++) {
      boolean found = true;
      for (int k = 0; k < wanted.length; k++) {
        found &= bytes[i + k] == wanted[k];
      }
      if (found) {
        return i;
      }
    }
  }

  /** Writes a collection as the tools do: everything stored, indexes and pages beside. */
  @SafeVarargs
  private Path write(Map<String, byte[]>... archives) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (Map<String, byte[]> archive : archives) {
      archive.keySet().stream().sorted().forEach(name -> entries.put(name, archive.get(name)));
    }
    entries.put("archive/", new byte[0]);
    entries.put("indexes/index.cdx", bytes("x,a)/ 2020 {}"));
    entries.put("pages/pages.jsonl", bytes("{\"text\":\"a page\"}"));
    entries.put("datapackage.json", bytes("{\"text\":\"a package\"}"));
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (var entry : entries.entrySet()) {
        put(zip, entry.getKey(), entry.getValue());
      }
    }
    return Files.write(folder.resolve("in.wacz"), out.toByteArray());
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var entry = new ZipEntry(name);
    var crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
  }

  private static String describe(Item item) {
    return item instanceof Item.Broken
        ? item.toString()
        : item.url() + "@" + item.offset() + " " + Items.text(item);
  }

  private static WaczReader reader(Path path, Place from) {
    return new WaczReader(new Origin("in", "in.wacz"), path, from);
  }

  private static List<Item> read(Path path, Place from) throws IOException {
    return Items.all(reader(path, from));
  }
}
