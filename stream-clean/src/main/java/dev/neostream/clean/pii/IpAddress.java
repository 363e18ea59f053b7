package dev.neostream.clean.pii;

/**
 * Public IPv4 and IPv6 addresses. Private, loopback, link-local, documentation and other reserved
 * ones name nobody and are none here (IANA special-purpose registries, RFC 6890).
 */
final class IpAddress {

  private IpAddress() {}

  /** Returns the end of a public IPv4 address that starts at a digit, or -1. */
  static int ipv4End(byte[] text, int from, boolean afterNumber) {
    int before = Ascii.at(text, from - 1);
    boolean within =
        Ascii.isAlphanumeric(before) || before == '.' || before == '_' || before == '-';
    if (within && !afterNumber) {
      return -1;
    }
    int i = from;
    long address = 0;
    boolean singleDigits = true;
    for (int part = 0; part < 4; part++) {
      int start = i;
      int value = 0;
      while (i - start < 4 && Ascii.isDigit(Ascii.at(text, i))) {
        value = 10 * value + text[i++] - '0';
      }
      boolean leadingZero = i - start > 1 && text[start] == '0';
      if (i == start || value > 255 || leadingZero || part < 3 && Ascii.at(text, i++) != '.') {
        return -1;
      }
      singleDigits &= value < 10;
      address = address << 8 | value;
    }
    int next = Ascii.at(text, i);
    int second = Ascii.at(text, i + 1);
    boolean goesOn =
        Ascii.isAlphanumeric(next)
            || next == '_'
            || next == '.' && Ascii.isAlphanumeric(second)
            || (next == '-' || next == '+') && Ascii.isLetter(second);
    boolean heading =
        (from == 0 || before == '\n')
            && next == ' '
            && (singleDigits || Version.isSmall(address) && isTitle(text, i + 1));
    return goesOn || heading || !isPublic(address) || Version.is(text, from, i, address) ? -1 : i;
  }

  /** Returns whether a capitalised word starts here; commands of log lines are all capitals. */
  private static boolean isTitle(byte[] text, int at) {
    int first = Ascii.at(text, at);
    int second = Ascii.at(text, at + 1);
    return first >= 'A' && first <= 'Z' && second >= 'a' && second <= 'z';
  }

  /** Returns the end of a public IPv6 address (2000::/3) that starts at a 2 or 3, or -1. */
  static int ipv6End(byte[] text, int from) {
    int before = Ascii.at(text, from - 1);
    if (Ascii.isAlphanumeric(before) || before == ':' || before == '.' || before == '_') {
      return -1;
    }
    int groups = 0;
    boolean compressed = false;
    int first = 0;
    int second = 0;
    int i = from;
    while (true) {
      int start = i;
      int value = 0;
      while (i - start < 5 && Ascii.isHex(Ascii.at(text, i))) {
        value = value << 4 | Character.digit(text[i++], 16);
      }
      if (i - start > 4 || i == start || groups == 0 && i - start < 4) {
        return -1;
      }
      first = groups == 0 ? value : first;
      second = groups == 1 && !compressed ? value : second;
      groups++;
      boolean twoColons = Ascii.at(text, i) == ':' && Ascii.at(text, i + 1) == ':';
      if (twoColons && !compressed) {
        compressed = true;
        i += 2;
        if (!Ascii.isHex(Ascii.at(text, i))) {
          break;
        }
      } else if (groups < 8 && Ascii.at(text, i) == ':' && Ascii.isHex(Ascii.at(text, i + 1))) {
        i++;
      } else {
        break;
      }
    }
    boolean complete = compressed ? groups <= 7 : groups == 8;
    int next = Ascii.at(text, i);
    int afterNext = Ascii.at(text, i + 1);
    boolean goesOn =
        Ascii.isAlphanumeric(next)
            || next == '_'
            || next == ':' && (afterNext == ':' || Ascii.isAlphanumeric(afterNext));
    boolean documentation = first == 0x2001 && second == 0xdb8 || first == 0x3fff;
    return complete && !goesOn && first >>> 13 == 1 && !documentation ? i : -1;
  }

  private static boolean isPublic(long address) {
    int a = (int) (address >>> 24);
    int b = (int) (address >>> 16) & 0xff;
    int c = (int) (address >>> 8) & 0xff;
    return a != 0
        && a != 10
        && a != 127
        && a < 224
        && !(a == 100 && b >= 64 && b < 128)
        && !(a == 169 && b == 254)
        && !(a == 172 && b >= 16 && b < 32)
        && !(a == 192 && b == 168)
        && !(a == 192 && b == 0 && (c == 0 || c == 2))
        && !(a == 198 && (b == 18 || b == 19))
        && !(a == 198 && b == 51 && c == 100)
        && !(a == 203 && b == 0 && c == 113);
  }
}
