package dev.neostream.dedup.substring;

import dev.neostream.dedup.Passages;
import dev.neostream.dedup.Sightings;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * Windows of {@value #WINDOW} characters as MAP-Neo's published code has them, for comparison: the
 * last window of a text is left out, each is recognised by SHA-256 (the first 64 bits of it), each
 * stays where it is seen first, even if its neighbours stay elsewhere or it overlaps itself, and
 * all characters under the others go, in the middle of words too. Which occurrence stays is chance
 * there; here it is the first in the order of ids and offsets. Not thread-safe.
 */
public final class PublishedSubstrings {

  /** Characters of a window. */
  public static final int WINDOW = 50;

  /** Least characters of a document that stays. */
  public static final int MIN_CHARACTERS = 20;

  private final MessageDigest digest = sha256();

  /** Returns the windows that start at characters 0 to length - 51. */
  public Passages of(byte[] utf8) {
    int characters = 0;
    int[] starts = new int[utf8.length + 1];
    for (int i = 0; i < utf8.length; i++) {
      if (utf8[i] >= (byte) 0xc0) {
        starts[characters++] = i;
      }
    }
    starts[characters] = utf8.length;
    int size = Math.max(0, characters - WINDOW);
    int[] to = new int[size];
    long[] hashes = new long[size];
    for (int i = 0; i < size; i++) {
      to[i] = starts[i + WINDOW];
      digest.update(utf8, starts[i], to[i] - starts[i]);
      hashes[i] = ByteBuffer.wrap(digest.digest()).getLong();
    }
    return new Passages(Arrays.copyOf(starts, size), to, hashes);
  }

  /** Counts the windows of the next document and returns those that do not stay. */
  public static BitSet repeats(Passages windows, Sightings sightings) {
    var drop = new BitSet(windows.size());
    for (int i = 0; i < windows.size(); i++) {
      drop.set(i, sightings.see(windows.hashes()[i]) > 1);
    }
    return drop;
  }

  /** Returns the characters under no such window; empty if the document is too short to stay. */
  public static Optional<byte[]> without(byte[] utf8, Passages windows, BitSet drop) {
    byte[] out = new byte[utf8.length];
    int length = 0;
    int characters = 0;
    int cutTo = 0;
    int next = drop.nextSetBit(0);
    for (int i = 0; i < utf8.length; i++) {
      while (next >= 0 && windows.from()[next] == i) {
        cutTo = windows.to()[next];
        next = drop.nextSetBit(next + 1);
      }
      if (i >= cutTo) {
        out[length++] = utf8[i];
        characters += utf8[i] >= (byte) 0xc0 ? 1 : 0;
      }
    }
    return characters < MIN_CHARACTERS ? Optional.empty() : Optional.of(Arrays.copyOf(out, length));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
