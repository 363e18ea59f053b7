package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {".tar", ".tar.gz", ".tgz", ".tar.zst"})
  void shouldReadPagesAndSourcesWhenCompressedOrNot(String suffix) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    String deep = "folder/".repeat(20);
    entries.put("a.html", bytes("<p>a"));
    entries.put("logo.png", bytes("png"));
    entries.put(deep + "pax.md", bytes("m"));
    entries.put(deep + "gnu.java", bytes("j".repeat(1_500)));
    entries.put("empty.txt", bytes(""));
    String compression = suffix.equals(".tgz") ? ".gz" : suffix;

    List<Item> items = read("a" + suffix, Archives.of(compression, entries, 700));

    assertEquals(
        List.of("a.html", deep + "pax.md", deep + "gnu.java", "empty.txt"),
        items.stream().map(Item::url).toList());
    assertEquals(List.of(0L, 3L, 5L, 6L), items.stream().map(Item::offset).toList());
    assertEquals("j".repeat(1_500), Items.text(items.get(2)));
    assertEquals("text/x-java-source", Items.document(items.get(2)).mediaType());
  }

  @Test
  void shouldLeaveOutHiddenFilesAndFolders() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (String name : List.of("./a.txt", "._a.txt", "d/.git/x.txt", "../b.txt", ".c.jsonl")) {
      entries.put(name, bytes(name));
    }

    List<Item> items = read("a.tar", Archives.of(".tar", entries, 700));

    assertEquals(List.of("./a.txt", "../b.txt"), items.stream().map(Item::url).toList());
  }

  @Test
  void shouldJoinPrefixAndNameWhenHeaderIsPosix() throws IOException {
    byte[] entry = Archives.tarEntry("b.txt", '0', bytes("b"));
    Archives.put(entry, 345, "long/path");
    Archives.sign(entry);

    assertEquals("long/path/b.txt", read("a.tar", entry).get(0).url());
  }

  @Test
  void shouldPassOverLinksAndGoOnWhenEntryIsTooLarge() throws IOException {
    var out = new ByteArrayOutputStream();
    out.writeBytes(Archives.tarEntry("link.txt", '2', bytes("")));
    out.writeBytes(Archives.tarEntry("large.txt", '0', new byte[Item.MAX_PAYLOAD_BYTES + 1]));
    out.writeBytes(Archives.tarEntry("b.txt", '0', bytes("b")));

    List<Item> items = read("a.tar", out.toByteArray());

    assertEquals(List.of("payload.too_large"), Items.reasons(items));
    assertEquals("b", Items.text(items.get(1)));
  }

  @Test
  void shouldKeepWhatWasReadWhenArchiveIsCutOrDamaged() throws IOException {
    byte[] sound = Archives.sample("a.tar", 3);
    for (int length = 1; length < 3 * 1024; length += 100) {
      List<Item> items = read("a.tar", Arrays.copyOf(sound, length));

      boolean whole = length % 1024 == 0;
      assertEquals(whole ? 0 : 1, Items.reasons(items).size(), "length=" + length);
    }
    var random = new Random(3);
    for (int round = 0; round < 300; round++) {
      byte[] bytes = sound.clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

      assertTrue(read("a.tar", bytes).size() <= 4, "round " + round);
    }
  }

  private List<Item> read(String name, byte[] content) throws IOException {
    Path path = Files.write(folder.resolve(name), content);
    return Items.all(new TarReader(new Origin("in", name), path, Place.START));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
