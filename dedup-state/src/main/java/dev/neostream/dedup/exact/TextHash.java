package dev.neostream.dedup.exact;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * 128-bit hash of normalised text: lower case, white-space runs as one space, ends trimmed. At
 * 10^12 documents the chance of any collision is below 10^-14, so equal hashes are taken as equal
 * texts.
 *
 * @param high upper 64 bits of XXH3-128
 * @param low lower 64 bits
 */
public record TextHash(long high, long low) {

  /** Returns the hash of a text. */
  public static TextHash of(String text) {
    HashValue128 hash = Hashing.xxh3_128().hashCharsTo128Bits(normalise(text));
    return new TextHash(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  private static CharSequence normalise(String text) {
    var out = new StringBuilder(text.length());
    boolean gap = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        gap = true;
        continue;
      }
      if (gap && out.length() > 0) {
        out.append(' ');
      }
      gap = false;
      out.appendCodePoint(Character.toLowerCase(c));
    }
    return out;
  }
}
