package dev.neostream.dedup.paragraph;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.clean.text.CodePoints;
import dev.neostream.dedup.Passages;
import java.util.Arrays;

/**
 * Divides a text into paragraphs: its lines, as extraction writes a paragraph, a heading or a list
 * item to a line each, markers and indentation included, line ends left out.
 *
 * <p>Blank lines are none, nor are lines of fewer than {@value #MIN_BYTES} bytes: "Introduction",
 * "}" or "HAMLET:" repeat in every corpus and mean something where they stand.
 *
 * <p>A paragraph is recognised by 64 bits of XXH3 of its text with white-space runs as one space
 * and ends trimmed. Among 10^9 different paragraphs 0.03 pairs collide, among 10^10 three; each
 * costs one paragraph.
 *
 * <p>Not thread-safe: one instance a thread.
 */
public final class Paragraphs {

  /** Least UTF-8 bytes of a paragraph: four English words or eight Chinese characters. */
  public static final int MIN_BYTES = 24;

  private int[] from = new int[64];
  private int[] to = new int[64];
  private long[] hashes = new long[64];
  private int size;
  private byte[] collapsed = new byte[1 << 10];

  /** Returns the paragraphs of a well-formed text. */
  public Passages of(byte[] utf8) {
    size = 0;
    for (int start = 0; start < utf8.length; ) {
      int end = start;
      while (end < utf8.length && utf8[end] != '\n') {
        end++;
      }
      int length = collapse(utf8, start, end);
      if (length >= MIN_BYTES) {
        add(start, end, Hashing.xxh3_64().hashBytesToLong(collapsed, 0, length));
      }
      start = end + 1;
    }
    return new Passages(
        Arrays.copyOf(from, size), Arrays.copyOf(to, size), Arrays.copyOf(hashes, size));
  }

  /** Writes a line to {@code collapsed} and returns its bytes. */
  private int collapse(byte[] utf8, int start, int end) {
    if (collapsed.length < end - start) {
      collapsed = new byte[Math.max(end - start, 2 * collapsed.length)];
    }
    int length = 0;
    boolean space = false;
    for (int i = start; i < end; ) {
      int c = CodePoints.at(utf8, i);
      int bytes = CodePoints.bytes(c);
      if (CodePoints.isSpace(c)) {
        space = length > 0;
      } else {
        if (space) {
          collapsed[length++] = ' ';
          space = false;
        }
        for (int b = 0; b < bytes; b++) {
          collapsed[length++] = utf8[i + b];
        }
      }
      i += bytes;
    }
    return length;
  }

  private void add(int start, int end, long hash) {
    if (size == hashes.length) {
      from = Arrays.copyOf(from, 2 * size);
      to = Arrays.copyOf(to, 2 * size);
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    from[size] = start;
    to[size] = end;
    hashes[size++] = hash;
  }
}
