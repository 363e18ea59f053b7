package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextFileReaderTest {

  @TempDir Path folder;

  @Test
  void shouldReadEveryMemberWhereverTheFirstOneEnds() throws IOException {
    var random = new Random(17);
    byte[] second = "second member ".repeat(400).getBytes(StandardCharsets.UTF_8);
    for (int length = 440; length < 560; length++) {
      byte[] first = letters(random, length);
      byte[] file = concat(Archives.gzip(first), Archives.gzip(second));

      assertEquals(
          new String(concat(first, second), StandardCharsets.UTF_8),
          Items.text(read("a.txt.gz", file)),
          "length=" + length);
    }
  }

  @Test
  void shouldRejectWhenDamageFollowsTheFirstMember() throws IOException {
    byte[] sound = Archives.gzip("first".getBytes(StandardCharsets.UTF_8));
    byte[] damaged = sound.clone();
    damaged[12] ^= 0x55;
    byte[] garbage = "garbage".getBytes(StandardCharsets.UTF_8);

    for (byte[] behind :
        List.of(damaged, garbage, Arrays.copyOf(sound, 5), Arrays.copyOf(sound, 20))) {
      Item item = read("a.html.gz", concat(sound, behind));

      assertEquals("file.compression", Items.broken(item).rejection().reason());
    }
    assertEquals("first", Items.text(read("a.html.gz", concat(sound, new byte[600]))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.txt.gz", "a.txt.zst"})
  void shouldRejectWhenCompressedFileIsEmptyCutOrPlain(String name) throws IOException {
    byte[] sound = Archives.compress(new byte[] {'a', 'b', 'c'}, name, 3);

    for (byte[] file :
        List.of(
            Arrays.copyOf(sound, sound.length - 1),
            "plain text".getBytes(StandardCharsets.UTF_8))) {
      assertEquals("file.compression", Items.broken(read(name, file)).rejection().reason());
    }
  }

  @Test
  void shouldRejectWhenMembersWithoutContentNeverEnd() throws IOException {
    byte[] member = Archives.gzip(new byte[0]);
    byte[] file = new byte[member.length * 70_000];
    for (int i = 0; i < file.length; i++) {
      file[i] = member[i % member.length];
    }

    Item.Broken broken = Items.broken(read("a.txt.gz", file));

    assertTrue(broken.rejection().value().contains("few members without content"));
  }

  @Test
  void shouldRejectWhenFileInflatesBeyondThePayload() throws IOException {
    byte[] half = Archives.gzip(new byte[Item.MAX_PAYLOAD_BYTES / 2]);
    byte[] one = Archives.gzip(new byte[1]);

    assertEquals(
        Item.MAX_PAYLOAD_BYTES,
        Items.document(read("a.txt.gz", concat(half, half))).payload().length);
    assertEquals(
        "payload.too_large",
        Items.broken(read("a.txt.gz", concat(half, half, one))).rejection().reason());
  }

  private Item read(String name, byte[] content) throws IOException {
    Path path = Files.write(folder.resolve(name), content);
    List<Item> items =
        Items.all(new TextFileReader(new Origin("in", name), path, "text/plain", Place.START));
    assertEquals(1, items.size());
    return items.get(0);
  }

  private static byte[] letters(Random random, int length) {
    byte[] letters = new byte[length];
    for (int i = 0; i < length; i++) {
      letters[i] = (byte) ('!' + random.nextInt(90));
    }
    return letters;
  }

  private static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
