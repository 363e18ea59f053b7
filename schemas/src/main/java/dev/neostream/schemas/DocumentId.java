package dev.neostream.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identity of a document: the first 128 bits of SHA-256 over (source, url, record), 32 hex digits.
 * Equal input gives equal ids on every machine and in every run.
 */
public final class DocumentId {

  private DocumentId() {}

  /**
   * Returns the id of a record.
   *
   * @param source artifact coordinates or input name, see {@code RawDocument.source}
   * @param url url or path inside the source
   * @param record place of the record in its file, so that two captures of one url differ
   */
  public static String of(String source, String url, long record) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : new String[] {source, url}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        sha.update(bytes);
      }
      sha.update(ByteBuffer.allocate(8).putLong(record).array());
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must provide SHA-256", e);
    }
  }

  /** Returns the upper 64 bits of an id, uniformly distributed: use it to sample or to spread. */
  public static long bits(String id) {
    return Long.parseUnsignedLong(id, 0, 16, 16);
  }
}
