package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipReaderTest {

  @TempDir Path folder;

  @Test
  void shouldReadPagesAndSourcesInOrderWhenArchiveHoldsOtherThingsToo() throws IOException {
    Path jar =
        zip("z/Page.html", "META-INF/", "A.class", "a/Main.java", "style.css", "logo.png", "n.TXT");

    List<Item> items = read(jar);

    assertEquals(List.of("z/Page.html", "a/Main.java", "n.TXT"), urls(items));
    assertEquals(List.of(0L, 3L, 6L), items.stream().map(Item::offset).toList());
    assertEquals(
        List.of("text/html", "text/x-java-source", "text/plain"),
        Items.documents(items).stream().map(Item.Document::mediaType).toList());
    assertEquals("content of a/Main.java", Items.text(items.get(1)));
    assertEquals("a.jar", items.get(0).file());
  }

  @Test
  void shouldRejectWholeFileWhenItIsNoArchive() throws IOException {
    Path jar = Files.writeString(folder.resolve("a.jar"), "no archive");

    List<Item> items = read(jar);

    assertEquals(List.of("archive.syntax"), Items.reasons(items));
  }

  @Test
  void shouldRejectOneEntryAndGoOnWhenItsBytesAreDamaged() throws IOException {
    Path jar = zip("a.txt", "b.txt", "c.txt");
    byte[] bytes = Files.readAllBytes(jar);
    bytes[indexOf(bytes, "content of b.txt") + 3] ^= 1;
    Files.write(jar, bytes);

    List<Item> items = read(jar);

    assertEquals(List.of("a.txt", "b.txt", "c.txt"), urls(items));
    assertEquals(List.of("archive.entry"), Items.reasons(items));
    assertEquals("b.txt", Items.broken(items.get(1)).url());
  }

  @Test
  void shouldRejectOneEntryWhenItInflatesBeyondTheLimit() throws IOException {
    Path jar = folder.resolve("a.jar");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry("bomb.txt"));
      out.write(new byte[Item.MAX_PAYLOAD_BYTES + 1]);
      out.putNextEntry(new ZipEntry("whole.txt"));
      out.write(new byte[Item.MAX_PAYLOAD_BYTES]);
    }

    List<Item> items = read(jar);

    assertEquals(List.of("payload.too_large"), Items.reasons(items));
    assertEquals(Item.MAX_PAYLOAD_BYTES, Items.document(items.get(1)).payload().length);
  }

  @Test
  void shouldNotThrowWhenAnyByteIsDamaged() throws IOException {
    byte[] sound = Files.readAllBytes(zip("a.txt", "b.html"));
    Path jar = folder.resolve("damaged.jar");

    for (int i = 0; i < sound.length; i++) {
      byte[] bytes = Arrays.copyOf(sound, sound.length);
      bytes[i] ^= (byte) 0xff;
      Files.write(jar, bytes);

      // An entry whose name lost its suffix is no record any more.
      assertEquals(true, read(jar).size() <= 2, "byte " + i);
    }
  }

  private static List<Item> read(Path jar) throws IOException {
    return Items.all(
        new ZipReader(new Origin("in", jar.getFileName().toString()), jar, Place.START));
  }

  private static List<String> urls(List<Item> items) {
    return items.stream().map(Item::url).toList();
  }

  /** Writes an archive whose entries are stored, so that their bytes can be found. */
  private Path zip(String... names) throws IOException {
    Path jar = folder.resolve("a.jar");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.setMethod(ZipOutputStream.STORED);
      for (String name : names) {
        byte[] content =
            (name.endsWith("/") ? "" : "content of " + name).getBytes(StandardCharsets.UTF_8);
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(content);
      }
    }
    return jar;
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
