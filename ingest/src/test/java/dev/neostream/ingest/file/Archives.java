package dev.neostream.ingest.file;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds compressed files and archives for tests. */
public final class Archives {

  private static final int BLOCK = 512;

  private Archives() {}

  /** Returns bytes compressed as the suffix says, in members of so many bytes. */
  public static byte[] compress(byte[] plain, String suffix, int memberBytes) throws IOException {
    if (!suffix.endsWith(".gz") && !suffix.endsWith(".zst")) {
      return plain;
    }
    var out = new ByteArrayOutputStream();
    for (int from = 0; from < plain.length; from += memberBytes) {
      byte[] member = Arrays.copyOfRange(plain, from, Math.min(plain.length, from + memberBytes));
      out.writeBytes(suffix.endsWith(".gz") ? gzip(member) : Zstd.compress(member));
    }
    return out.toByteArray();
  }

  public static byte[] gzip(byte[] plain) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  /** Returns an archive; long names become pax headers or GNU long names by turns. */
  public static byte[] of(String suffix, Map<String, byte[]> entries, int memberBytes)
      throws IOException {
    if (suffix.equals(".zip")) {
      var out = new ByteArrayOutputStream();
      try (var zip = new ZipOutputStream(out)) {
        for (var entry : entries.entrySet()) {
          zip.putNextEntry(new ZipEntry(entry.getKey()));
          zip.write(entry.getValue());
        }
      }
      return out.toByteArray();
    }
    return compress(tar(entries), suffix, memberBytes);
  }

  private static byte[] tar(Map<String, byte[]> entries) {
    var out = new ByteArrayOutputStream();
    int n = 0;
    for (var entry : entries.entrySet()) {
      String name = entry.getKey();
      if (name.length() > 100) {
        boolean pax = n++ % 2 == 0;
        byte[] extension =
            (pax ? pax("path=" + name) : name + "\0").getBytes(StandardCharsets.UTF_8);
        out.writeBytes(tarEntry("long", pax ? 'x' : 'L', extension));
        name = "cut";
      }
      out.writeBytes(tarEntry(name, '0', entry.getValue()));
    }
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  private static String pax(String field) {
    int length = field.length() + 2;
    length += String.valueOf(length + 2).length();
    return length + " " + field + "\n";
  }

  /** Returns header and content of an entry. */
  static byte[] tarEntry(String name, char type, byte[] content) {
    byte[] entry = new byte[BLOCK + (content.length + BLOCK - 1) / BLOCK * BLOCK];
    put(entry, 0, name);
    put(entry, 124, "%011o".formatted(content.length));
    put(entry, 156, String.valueOf(type));
    put(entry, 257, "ustar\00000");
    sign(entry);
    System.arraycopy(content, 0, entry, BLOCK, content.length);
    return entry;
  }

  /** Writes the checksum of a tar header. */
  static void sign(byte[] entry) {
    put(entry, 148, "        ");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += entry[i] & 0xff;
    }
    put(entry, 148, "%06o\0 ".formatted(sum));
  }

  static void put(byte[] bytes, int offset, String text) {
    byte[] value = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(value, 0, bytes, offset, value.length);
  }

  /** Returns a file of so many documents, compressed one a member if it is a web archive. */
  public static byte[] sample(String name, int documents) throws IOException {
    if (name.endsWith(".tar")) {
      Map<String, byte[]> entries = new LinkedHashMap<>();
      for (int i = 0; i < documents; i++) {
        entries.put("page-" + i + ".txt", ("page " + i).getBytes(StandardCharsets.UTF_8));
      }
      return tar(entries);
    }
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < documents; i++) {
      String line = "{\"text\":\"page " + i + "\"}\n";
      String http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>page " + i;
      String record =
          "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/%d\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
              .formatted(i, http.length(), http);
      byte[] plain = (name.contains("warc") ? record : line).getBytes(StandardCharsets.UTF_8);
      out.writeBytes(name.contains("warc") ? compress(plain, name, plain.length) : plain);
    }
    return name.contains("warc") ? out.toByteArray() : compress(out.toByteArray(), name, 500);
  }

  /** Returns a zip archive of ten entries of 8 MiB that takes 80 KB. */
  public static byte[] growingZip() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (int i = 0; i < 10; i++) {
        zip.putNextEntry(new ZipEntry(i + ".txt"));
        zip.write(new byte[Item.MAX_PAYLOAD_BYTES]);
      }
    }
    return out.toByteArray();
  }
}
