package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Archives;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of 10 MB that stand for 10 GB: rejected in bounded memory, and read on behind. */
class BombTest {

  private static final int MEBIBYTE = 1 << 20;
  private static final int MEBIBYTES = 10_000;

  /** More than readers may hold, far less than the bomb. */
  private static final long MOST_ALLOCATED_BYTES = 256L * MEBIBYTE;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "a.warc.gz,   warc.compression",
    "a.warc.zst,  warc.compression",
    "a.jsonl.gz,  jsonl.truncated",
    "a.jsonl.zst, jsonl.truncated",
    "a.tar.gz,    archive.syntax",
    "a.tar.zst,   archive.syntax",
  })
  void shouldRejectInBoundedMemoryWhenFileIsABomb(String name, String reason) throws IOException {
    String head =
        name.contains("warc")
            ? "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 10485760000\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
            : "";
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        bomb(name, name.contains("tar") ? tarHeader() : head.getBytes(StandardCharsets.US_ASCII)));
    byte[] sound = Archives.sample("a.warc", 1);
    bytes.writeBytes(Archives.compress(sound, name, sound.length));
    Path path = Files.write(folder.resolve(name), bytes.toByteArray());
    assertTrue(bytes.size() < 12 * MEBIBYTE);

    long before = allocated();
    List<Item> items = Items.all(new Input("in", path).open());

    assertEquals(List.of(reason), Items.reasons(items));
    assertEquals(name.contains("warc") ? 1 : 0, Items.documents(items).size());
    assertTrue(allocated() - before < MOST_ALLOCATED_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"gzip", "deflate", "zstd"})
  void shouldRejectOneRecordWhenItsContentIsABomb(String coding) throws IOException {
    byte[] body = coding.equals("deflate") ? deflateBlocks(new byte[0]) : bomb(coding, new byte[0]);
    String http =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: " + coding + "\r\n\r\n";
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        ("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/\r\nContent-Type: application/http\r\nContent-Length: "
                + (http.length() + body.length)
                + "\r\n\r\n"
                + http)
            .getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(body);
    bytes.writeBytes("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(Archives.sample("a.warc", 1));
    Path path = Files.write(folder.resolve("a.warc"), bytes.toByteArray());

    long before = allocated();
    List<Item> items = Items.all(new Input("in", path).open());

    assertEquals(List.of("payload.too_large"), Items.reasons(items));
    assertEquals(1, Items.documents(items).size());
    assertTrue(allocated() - before < MOST_ALLOCATED_BYTES);
  }

  /** A header that announces as much as the bomb holds. */
  private static byte[] tarHeader() {
    byte[] header = new byte[512];
    byte[] text = "a.txt".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, 0, text.length);
    byte[] size =
        Long.toOctalString((long) MEBIBYTES * MEBIBYTE).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, header, 124, size.length);
    header[156] = '0';
    int sum = 8 * ' ';
    for (byte b : header) {
      sum += b & 0xff;
    }
    byte[] checksum = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(checksum, 0, header, 148, checksum.length);
    return header;
  }

  private static byte[] bomb(String name, byte[] head) {
    if (name.contains("zst")) {
      return zstd(head);
    }
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0});
    out.writeBytes(deflateBlocks(head));
    out.writeBytes(new byte[8]); // a wrong checksum: nobody should come as far
    return out.toByteArray();
  }

  /** The same flushed block of zeros again and again: making it costs one mebibyte only. */
  private static byte[] deflateBlocks(byte[] head) {
    var deflater = new Deflater(9, true);
    var out = new ByteArrayOutputStream();
    out.writeBytes(flushed(deflater, head));
    out.writeBytes(flushed(deflater, new byte[MEBIBYTE]));
    byte[] block = flushed(deflater, new byte[MEBIBYTE]);
    for (int i = 0; i < MEBIBYTES; i++) {
      out.writeBytes(block);
    }
    out.writeBytes(new byte[] {3, 0});
    deflater.end();
    return out.toByteArray();
  }

  private static byte[] flushed(Deflater deflater, byte[] bytes) {
    byte[] buffer = new byte[1 << 16];
    deflater.setInput(bytes);
    int count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
    return Arrays.copyOf(buffer, count);
  }

  /** A frame without a size, its blocks of 128 KiB one repeated byte each (RFC 8878, 3.1.1). */
  private static byte[] zstd(byte[] head) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0x38});
    out.writeBytes(blockHeader(head.length, 0));
    out.writeBytes(head);
    for (int i = 0; i < 8 * MEBIBYTES; i++) {
      out.writeBytes(blockHeader(1 << 17, 1));
      out.write(0);
    }
    out.writeBytes(blockHeader(0, 0));
    out.write(0);
    return out.toByteArray();
  }

  private static byte[] blockHeader(int size, int type) {
    int value = size << 3 | type << 1;
    return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
  }

  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
