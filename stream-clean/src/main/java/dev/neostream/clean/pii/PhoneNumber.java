package dev.neostream.clean.pii;

/**
 * Phone numbers in the shapes that are hardly anything else ({@code d} a digit, {@code -} a
 * separator: hyphen, dot or space):
 *
 * <ul>
 *   <li>international, {@code +} and 8 to 15 digits in groups (E.164), at least 10 if undivided;
 *   <li>Chinese mobile, {@code 1[3-9]d dddd dddd}, undivided or with spaces or hyphens, also behind
 *       {@code 86} or {@code 0086};
 *   <li>Chinese landline, {@code 0dd-dddddddd} or {@code 0ddd-ddddddd} with seven or eight digits,
 *       the area code also in parentheses;
 *   <li>North American, {@code (ddd) ddd-dddd}, {@code ddd-ddd-dddd}, {@code ddd.ddd.dddd}, also
 *       behind {@code 1-}; area and exchange start with 2 to 9.
 * </ul>
 *
 * Undivided ten digits, three groups with spaces, and local numbers are left: as often they are
 * something else.
 */
final class PhoneNumber {

  private PhoneNumber() {}

  /** Returns the end of a phone number that starts here, or -1. */
  static int end(byte[] text, int from, boolean afterNumber) {
    if (!afterNumber && !mayStartBehind(text, from)) {
      return -1;
    }
    int end;
    if (text[from] == '+') {
      end = international(text, from + 1);
    } else if (text[from] == '(') {
      end = parenthesised(text, from);
    } else {
      end = mobile(text, from);
      end = end < 0 ? landline(text, from) : end;
      end = end < 0 ? northAmerican(text, from) : end;
    }
    return end >= 0 && mayEndBefore(text, end) ? end : -1;
  }

  private static boolean mayStartBehind(byte[] text, int from) {
    int b = Ascii.at(text, from - 1);
    boolean yenOrPound = (b & 0xff) == 0xA5 || (b & 0xff) == 0xA3;
    // Of a character of two or three bytes, or whatever stands there.
    int lead = Ascii.at(text, from - 2) & 0xff;
    boolean euro = (b & 0xff) == 0xAC && lead == 0x82;
    boolean currency = yenOrPound && (lead == 0xC2 || lead == 0xBF) || euro;
    return !Ascii.isAlphanumeric(b)
        && !currency
        && "._-/=#$&%+*@\\^~".indexOf(b) < 0
        && !(b == ',' && Ascii.isDigit(lead));
  }

  private static boolean mayEndBefore(byte[] text, int end) {
    int next = Ascii.at(text, end);
    int second = Ascii.at(text, end + 1);
    boolean extension = next == 'x' && Ascii.isDigit(second);
    return !(Ascii.isAlphanumeric(next) && !extension)
        && "_@%=".indexOf(next) < 0
        && !("-.:".indexOf(next) >= 0 && Ascii.isAlphanumeric(second));
  }

  private static int international(byte[] text, int from) {
    if (Ascii.at(text, from) < '1' || Ascii.at(text, from) > '9') {
      return -1;
    }
    int digits = 0;
    int groups = 0;
    int end = -1;
    int i = from;
    while (true) {
      boolean bracket = Ascii.at(text, i) == '(';
      int start = bracket ? i + 1 : i;
      int stop = digits(text, start, 16);
      if (stop == start || digits + stop - start > 15) {
        break;
      }
      if (bracket && Ascii.at(text, stop) != ')') {
        break;
      }
      digits += stop - start;
      groups++;
      end = bracket ? stop + 1 : stop;
      // North American numbers have eleven digits, Chinese mobiles thirteen; what follows is text.
      boolean complete =
          text[from] == '1' && digits == 11
              || text[from] == '8' && Ascii.at(text, from + 1) == '6' && digits == 13;
      if (complete) {
        break;
      }
      i = end;
      if (isSeparator(Ascii.at(text, i))) {
        i++;
      }
    }
    return digits >= (groups == 1 ? 10 : 8) && !Ascii.isDigit(Ascii.at(text, end)) ? end : -1;
  }

  private static int parenthesised(byte[] text, int from) {
    int close = digits(text, from + 1, 4);
    if (Ascii.at(text, close) != ')') {
      return -1;
    }
    int area = close - from - 1;
    int i = Ascii.at(text, close + 1) == ' ' ? close + 2 : close + 1;
    if (Ascii.at(text, from + 1) == '0' && area >= 3) {
      i = Ascii.at(text, i) == '-' ? i + 1 : i;
      int end = digits(text, i, 9);
      return end - i == 7 || end - i == 8 ? end : -1;
    }
    boolean valid = area == 3 && isTwoToNine(text, from + 1) && isTwoToNine(text, i);
    int end = valid && digits(text, i, 3) == i + 3 ? i + 3 : -1;
    return end >= 0 && isSeparator(Ascii.at(text, end)) ? exactly(text, end + 1, 4) : -1;
  }

  private static int mobile(byte[] text, int from) {
    int i = from;
    if (starts(text, i, "0086")) {
      i += 4;
    } else if (starts(text, i, "86")) {
      i += 2;
    }
    if (i > from && (Ascii.at(text, i) == '-' || Ascii.at(text, i) == ' ')) {
      i++;
    }
    int second = Ascii.at(text, i + 1);
    if (Ascii.at(text, i) != '1' || second < '3' || second > '9') {
      return -1;
    }
    int whole = exactly(text, i, 11);
    if (whole >= 0) {
      return whole;
    }
    int separator = Ascii.at(text, i + 3);
    return (separator == '-' || separator == ' ')
            && digits(text, i, 3) == i + 3
            && digits(text, i + 4, 4) == i + 8
            && Ascii.at(text, i + 8) == separator
        ? exactly(text, i + 9, 4)
        : -1;
  }

  private static int landline(byte[] text, int from) {
    int second = Ascii.at(text, from + 1);
    if (text[from] != '0' || second < '1' || second > '9') {
      return -1;
    }
    // Beijing 010 and the 02x of other great cities; elsewhere three digits behind the 0.
    int area = from + (second <= '2' ? 3 : 4);
    if (digits(text, from, 4) < area || Ascii.at(text, area) != '-') {
      return -1;
    }
    int end = digits(text, area + 1, 9);
    int length = end - area - 1;
    return length == 7 || length == 8 ? end : -1;
  }

  private static int northAmerican(byte[] text, int from) {
    int i = from;
    int separator = Ascii.at(text, i + 3);
    if (text[i] == '1' && (Ascii.at(text, i + 1) == '-' || Ascii.at(text, i + 1) == '.')) {
      separator = text[i + 1];
      i += 2;
    }
    return (separator == '-' || separator == '.')
            && isTwoToNine(text, i)
            && digits(text, i, 3) == i + 3
            && Ascii.at(text, i + 3) == separator
            && isTwoToNine(text, i + 4)
            && digits(text, i + 4, 3) == i + 7
            && Ascii.at(text, i + 7) == separator
        ? exactly(text, i + 8, 4)
        : -1;
  }

  private static boolean isSeparator(int b) {
    return b == ' ' || b == '-' || b == '.';
  }

  private static boolean isTwoToNine(byte[] text, int i) {
    return Ascii.at(text, i) >= '2' && Ascii.at(text, i) <= '9';
  }

  private static boolean starts(byte[] text, int from, String prefix) {
    int i = 0;
    while (i < prefix.length() && Ascii.at(text, from + i) == prefix.charAt(i)) {
      i++;
    }
    return i == prefix.length();
  }

  /** Returns the end of a run of digits, cut at a limit. */
  private static int digits(byte[] text, int from, int limit) {
    int i = from;
    while (i - from < limit && Ascii.isDigit(Ascii.at(text, i))) {
      i++;
    }
    return i;
  }

  /** Returns the end of exactly so many digits with none behind, or -1. */
  private static int exactly(byte[] text, int from, int count) {
    return digits(text, from, count + 1) == from + count ? from + count : -1;
  }
}
