package dev.neostream.clean.pii;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * E-mail addresses: {@code local@label.label.tld} in ASCII, the local part at most 64 bytes of
 * letters, digits and {@code ._%+-}, the last label letters only.
 */
final class Email {

  private static final int MAX_LOCAL = 64;

  /** What stands for a top-level domain in file names like {@code icon@2x.png}. */
  private static final Set<String> FILE_EXTENSIONS =
      Set.of(
          "png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "js", "mjs", "cjs", "ts", "tsx",
          "jsx", "css", "json", "html", "xml", "tgz", "gz");

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
    return end < 0 || isFile(text, end) || isRemotePath(text, end) ? -1 : end;
  }

  private static boolean isLocal(byte b) {
    return Ascii.isAlphanumeric(b) || b == '.' || b == '_' || b == '%' || b == '+' || b == '-';
  }

  private static boolean isTopLevel(byte[] text, int from, int to) {
    int i = from;
    while (i < to && Ascii.isLetter(text[i])) {
      i++;
    }
    return i == to && to - from >= 2;
  }

  private static boolean isFile(byte[] text, int end) {
    int dot = end;
    while (text[dot - 1] != '.') {
      dot--;
    }
    var extension = new String(text, dot, end - dot, StandardCharsets.US_ASCII);
    return FILE_EXTENSIONS.contains(extension.toLowerCase(Locale.ROOT));
  }

  /** Returns whether this is a remote path of scp or git: {@code git@host.org:path}. */
  private static boolean isRemotePath(byte[] text, int end) {
    int next = Ascii.at(text, end + 1);
    return Ascii.at(text, end) == ':'
        && (Ascii.isLetter(next) || next == '/' || next == '~' || next == '.');
  }
}
