package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  void shouldLeaveOutHiddenFilesAndFolders() throws IOException {
    Path jar =
        zip("a.b/c.txt", ".d.txt", "__MACOSX/a.b/._c.txt", "e/.f/g.html", ".h.warc", "i..txt");

    assertEquals(List.of("a.b/c.txt", "i..txt"), urls(read(jar)));
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

  @Test
  void shouldRejectEntriesWhenTheyShareTheirBytes() throws IOException {
    byte[] sound = Files.readAllBytes(zip("a.txt", "b.txt", "c.txt"));
    Path jar = folder.resolve("overlapping.jar");
    int second = directory(sound, "b.txt");
    int third = directory(sound, "c.txt");

    for (int offset : new int[] {0, 1, 20}) {
      byte[] bytes = sound.clone();
      System.arraycopy(bytes, directory(sound, "a.txt") + 42, bytes, second + 42, 4);
      bytes[second + 42] += (byte) offset;
      Files.write(jar, bytes);

      List<Item> items = read(jar);

      assertEquals(List.of("archive.entry", "archive.entry"), Items.reasons(items));
      assertEquals("content of c.txt", Items.text(items.get(2)));
    }
    byte[] bytes = sound.clone();
    bytes[third + 42] -= 1; // one byte of the entry before
    Files.write(jar, bytes);
    assertEquals(List.of("a.txt"), urls(List.copyOf(Items.documents(read(jar)))));
  }

  @Test
  void shouldRejectEveryEntryWhenThousandsStandForTheSameBytes() throws IOException {
    Path jar = folder.resolve("quine.jar");
    Files.write(jar, sharing(20_000));
    assertTrue(Files.size(jar) < 2 << 20);

    List<Item> items = read(jar);

    assertEquals(20_000, items.size());
    assertEquals(20_000, Items.reasons(items).size());
  }

  @Test
  void shouldRejectTheRestWhenArchiveGrowsBeyondBounds() throws IOException {
    List<Item> items = read(Files.write(folder.resolve("grows.zip"), Archives.growingZip()));

    assertEquals(10, items.size());
    assertEquals(7, Items.documents(items).size());
    assertTrue(Items.broken(items.get(9)).rejection().value().contains("file must give at most"));
  }

  @Test
  void shouldReadArchiveWhenItHasACommentAndBytesInFront() throws IOException {
    Path jar = folder.resolve("comment.jar");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.setComment("PK\5\6" + "x".repeat(40_000));
      out.putNextEntry(new ZipEntry("a.txt"));
      out.write('a');
    }
    byte[] bytes = Files.readAllBytes(jar);
    byte[] behindAScript = new byte[bytes.length + 100];
    System.arraycopy(bytes, 0, behindAScript, 100, bytes.length);

    assertEquals("a", Items.text(read(jar).get(0)));
    assertEquals("a", Items.text(read(Files.write(jar, behindAScript)).get(0)));
  }

  @Test
  void shouldReadEveryEntryWhenArchiveIsZip64() throws IOException {
    Path jar = folder.resolve("many.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (int i = 0; i < 66_000; i++) {
        out.putNextEntry(new ZipEntry(i % 11_000 == 0 ? i + ".txt" : i + ".bin"));
        out.write('a');
      }
    }

    List<Item> items = read(jar);

    assertEquals(6, Items.documents(items).size());
    assertEquals(55_000, items.get(5).offset());
  }

  /** Returns the archive of one entry with so many headers of it in its directory. */
  private byte[] sharing(int entries) throws IOException {
    byte[] one = Files.readAllBytes(zip("aaaaa.txt"));
    int directory = directory(one, "aaaaa.txt");
    int end = one.length - 22;
    byte[] header = Arrays.copyOfRange(one, directory, end);
    var out = new ByteArrayOutputStream();
    out.write(one, 0, directory);
    for (int i = 0; i < entries; i++) {
      byte[] name = "%05d.txt".formatted(i).getBytes(StandardCharsets.UTF_8);
      System.arraycopy(name, 0, header, 46, name.length);
      out.writeBytes(header);
    }
    ByteBuffer last = ByteBuffer.wrap(one, end, 22).slice().order(ByteOrder.LITTLE_ENDIAN);
    last.putShort(8, (short) entries).putShort(10, (short) entries);
    last.putInt(12, entries * header.length);
    out.write(one, end, 22);
    return out.toByteArray();
  }

  /** Returns where the header of an entry starts in the directory. */
  private static int directory(byte[] zip, String name) {
    return new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf(name) - 46;
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
