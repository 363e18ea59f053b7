package dev.neostream.clean.html;

/**
 * Hash keys of names, so that tags, attributes and words of class names are compared and looked up
 * without an object for each.
 *
 * <p>64 bits: no two known names collide, and a name made to collide with a known one is treated as
 * that name, which harms nobody but its page.
 */
final class Name {

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private Name() {}

  /** Returns the key of the empty name. */
  static long empty() {
    return 1;
  }

  /** Returns the key of a name followed by one more byte. */
  static long append(long key, int b) {
    return key * MULTIPLIER + b;
  }

  static long of(String name) {
    long key = empty();
    for (int i = 0; i < name.length(); i++) {
      key = append(key, name.charAt(i));
    }
    return key;
  }

  static int lower(int b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  static boolean isLetter(int b) {
    return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
  }

  static boolean isSpace(int b) {
    // Nearly all bytes are decided by the first comparison.
    return b <= ' ' && (b == ' ' || b == '\n' || b == '\t' || b == '\r' || b == '\f');
  }

  /** Whether a byte ends the name of a tag. */
  static boolean endsTag(int b) {
    return b <= '>' && (b == '>' || b == '/' || isSpace(b));
  }

  /** Whether a byte is followed by another one. */
  static boolean follow(byte[] html, int at, int second) {
    return at + 1 < html.length && html[at + 1] == (byte) second;
  }

  /** Whether a byte is followed by two others. */
  static boolean follow(byte[] html, int at, int second, int third) {
    return follow(html, at, second) && follow(html, at + 1, third);
  }

  /** A map from keys to small numbers: open addressing, half full at most. */
  static final class Table {
    private final long[] keys;
    private final int[] values;
    private final int mask;

    Table(int entries) {
      int capacity = Integer.highestOneBit(Math.max(2, entries)) * 4;
      keys = new long[capacity];
      values = new int[capacity];
      mask = capacity - 1;
    }

    /** Returns the value of a key, 0 when it is unknown. */
    int get(long key) {
      for (int slot = slot(key); keys[slot] != 0; slot = slot + 1 & mask) {
        if (keys[slot] == key) {
          return values[slot];
        }
      }
      return 0;
    }

    void put(long key, int value) {
      int slot = slot(key);
      while (keys[slot] != 0 && keys[slot] != key) {
        slot = slot + 1 & mask;
      }
      keys[slot] = key;
      values[slot] = value;
    }

    private int slot(long key) {
      return (int) (key ^ key >>> 32) & mask;
    }
  }
}
