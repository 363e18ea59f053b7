package dev.neostream.dedup.paragraph;

import dev.neostream.dedup.Passages;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * Paragraphs as MAP-Neo's published code has them, for comparison: every line is one, blank ones
 * too, by SHA-256 of its exact bytes (the first 64 bits of it). All blank lines of a corpus but one
 * vanish. Not thread-safe.
 */
public final class PublishedParagraphs {

  /** Least characters of a document that stays. */
  public static final int MIN_CHARACTERS = 20;

  private final MessageDigest digest = sha256();

  /** Returns all lines of a text. */
  public Passages of(byte[] utf8) {
    int count = 1;
    for (byte b : utf8) {
      count += b == '\n' ? 1 : 0;
    }
    int[] from = new int[count];
    int[] to = new int[count];
    long[] hashes = new long[count];
    int start = 0;
    for (int i = 0; i < count; i++) {
      int end = start;
      while (end < utf8.length && utf8[end] != '\n') {
        end++;
      }
      from[i] = start;
      to[i] = end;
      digest.update(utf8, start, end - start);
      hashes[i] = ByteBuffer.wrap(digest.digest()).getLong();
      start = end + 1;
    }
    return new Passages(from, to, hashes);
  }

  /** Returns the lines that stay, joined by LF; empty if the document is too short to stay. */
  public static Optional<byte[]> without(byte[] utf8, Passages paragraphs, BitSet drop) {
    byte[] out = new byte[utf8.length + 1];
    int length = 0;
    int characters = -1;
    for (int i = drop.nextClearBit(0); i < paragraphs.size(); i = drop.nextClearBit(i + 1)) {
      for (int at = paragraphs.from()[i]; at < paragraphs.to()[i]; at++) {
        out[length++] = utf8[at];
        characters += utf8[at] >= (byte) 0xc0 ? 1 : 0;
      }
      out[length++] = '\n';
      characters++;
    }
    return characters < MIN_CHARACTERS
        ? Optional.empty()
        : Optional.of(Arrays.copyOf(out, length - 1));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
