package dev.neostream.clean.pii;

import crawlercommons.domains.EffectiveTldFinder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * E-mail addresses: {@code local@label.label.tld} in ASCII, the local part at most 64 bytes of
 * letters, digits and {@code ._%+-}, the last label a top-level domain that there is. Matrix
 * products and slots of code ({@code a@b.transpose()}, {@code x@y.data$z}) are none.
 */
final class Email {

  private static final int MAX_LOCAL = 64;

  /**
   * The top-level domains of the Internet, in lower case and punycode. The public suffix list has
   * all of IANA's, and every crawler has the list.
   */
  private static final Set<String> TOP_LEVEL =
      EffectiveTldFinder.getEffectiveTLDs().keySet().stream()
          .filter(suffix -> suffix.indexOf('.') < 0)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * Top-level domains after which no method is named, as are {@code to}, {@code cat}, {@code at}.
   */
  private static final Set<String> NO_METHODS = Set.of("com", "org", "net", "edu", "gov", "mil");

  private Email() {}

  /** Returns where the local part before an {@code @} starts, not before a limit, or -1. */
  static int start(byte[] text, int at, int limit) {
    int start = at;
    while (start > limit && isLocal(text[start - 1])) {
      start--;
    }
    if (at - start > MAX_LOCAL) {
      return -1;
    }
    while (start < at && !Ascii.isAlphanumeric(text[start]) && text[start] != '_') {
      start++;
    }
    return start == at || text[at - 1] == '.' ? -1 : start;
  }

  /** Returns where the domain behind an {@code @} ends, or -1. */
  static int end(byte[] text, int at) {
    int label = at + 1;
    int end = -1;
    for (int labels = 1; ; labels++) {
      int i = label;
      while (Ascii.isAlphanumeric(Ascii.at(text, i)) || Ascii.at(text, i) == '-') {
        i++;
      }
      int stop = i;
      while (stop > label && text[stop - 1] == '-') {
        stop--;
      }
      if (stop == label || text[label] == '-') {
        break;
      }
      // Behind the last label that can be a top-level domain; what follows is other text.
      end = labels >= 2 && isTopLevel(text, label, stop) ? stop : end;
      if (stop < i || Ascii.at(text, i) != '.') {
        break;
      }
      label = i + 1;
    }
    return end < 0 || isCode(text, end) || isRemotePath(text, end) ? -1 : end;
  }

  private static boolean isLocal(byte b) {
    return Ascii.isAlphanumeric(b) || b == '.' || b == '_' || b == '%' || b == '+' || b == '-';
  }

  private static boolean isTopLevel(byte[] text, int from, int to) {
    var label = new String(text, from, to - from, StandardCharsets.US_ASCII);
    String lower = label.toLowerCase(Locale.ROOT);
    // org, ORG and Org, but no camel case: x@w.mT is a transpose.
    String tail = label.substring(1);
    boolean plain = tail.equals(lower.substring(1)) || label.equals(label.toUpperCase(Locale.ROOT));
    return plain && TOP_LEVEL.contains(lower);
  }

  /** Returns whether what follows makes this a call, an index, a chain of members or a file. */
  private static boolean isCode(byte[] text, int end) {
    int next = Ascii.at(text, end);
    int second = Ascii.at(text, end + 1);
    return switch (next) {
      case '.' -> second >= 'a' && second <= 'z';
      case '$' -> true;
      // A digit is that of a footnote.
      case '[' -> Ascii.isLetter(second) || second == '"' || second == '\'' || second == ':';
      case '(' -> second == ')' || second > 0 && !NO_METHODS.contains(lastLabel(text, end));
      default -> false;
    };
  }

  private static String lastLabel(byte[] text, int end) {
    int dot = end;
    while (text[dot - 1] != '.') {
      dot--;
    }
    return new String(text, dot, end - dot, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
  }

  /** Returns whether this is a remote path of scp or git: {@code git@host.org:path}. */
  private static boolean isRemotePath(byte[] text, int end) {
    int next = Ascii.at(text, end + 1);
    return Ascii.at(text, end) == ':'
        && (Ascii.isLetter(next) || next == '/' || next == '~' || next == '.');
  }
}
