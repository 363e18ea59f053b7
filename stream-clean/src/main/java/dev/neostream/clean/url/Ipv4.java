package dev.neostream.clean.url;

/**
 * Hosts that are IPv4 addresses in any spelling a browser takes (WHATWG URL, IPv4 parser): one to
 * four parts, each decimal, octal behind {@code 0} or hexadecimal behind {@code 0x}; the last part
 * fills the bytes that are left.
 */
final class Ipv4 {

  private Ipv4() {}

  /** Returns whether the last label is a number, as no top-level domain is. */
  static boolean endsInNumber(String host) {
    String last = host.substring(host.lastIndexOf('.') + 1);
    return !last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9') || number(last) >= 0;
  }

  /** Returns four decimal parts, or null if this host in lower case is no address. */
  static String canonical(String host) {
    String[] parts = host.split("\\.", -1);
    if (parts.length > 4) {
      return null;
    }
    long address = 0;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      int bits = last ? 8 * (4 - i) : 8;
      long part = number(parts[i]);
      if (part < 0 || part >= 1L << bits) {
        return null;
      }
      address = address << bits | part;
    }
    return (address >> 24)
        + "."
        + (address >> 16 & 0xff)
        + "."
        + (address >> 8 & 0xff)
        + "."
        + (address & 0xff);
  }

  /** Returns the value of a part, at most 2^32 for whatever is greater; -1 if it is no number. */
  private static long number(String part) {
    boolean hex = part.startsWith("0x");
    int radix = hex ? 16 : part.length() > 1 && part.charAt(0) == '0' ? 8 : 10;
    String digits = hex ? part.substring(2) : part;
    if (digits.isEmpty()) {
      // 0x alone is zero.
      return hex ? 0 : -1;
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      value = Math.min(1L << 32, value * radix + digit);
    }
    return value;
  }
}
