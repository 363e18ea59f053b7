package dev.neostream.clean.rule.published;

import static dev.neostream.clean.segment.CharacterClass.SPACE;
import static dev.neostream.clean.segment.CharacterClass.WORD;

import dev.neostream.clean.segment.CharacterClass;

/**
 * The edits of {@code unify_format} and {@code url_filter}; an edit without effect returns its
 * argument.
 */
final class ChineseEdits {

  private static final String FULL_WIDTH = "。！“”＃＄％＆‘’（）＊＋，－／：；＜＝＞？＠［＼］＾＿｀｛｜｝～";
  private static final String ASCII = ".!\"\"#$%&''()*+,-/:;<=>?@[\\]^_`{|}~";

  private ChineseEdits() {}

  /** Maps 34 full-width marks to ASCII; not 、《》【】…— and not letters and digits. */
  static String unifyFormat(String text) {
    char[] units = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean candidate = c >= 0xFF00 || c == '。' || c >= '‘' && c <= '”';
      int at = candidate ? FULL_WIDTH.indexOf(c) : -1;
      if (at >= 0) {
        units = units == null ? text.toCharArray() : units;
        units[i] = ASCII.charAt(at);
      }
    }
    return units == null ? text : new String(units);
  }

  /** Deletes {@code http://}, {@code https://} and {@code www.} up to space, comma or Han. */
  static String deleteLinks(String text) {
    var edited = new Deletion(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int prefix = c == 'h' ? scheme(text, i) : c == 'w' && text.startsWith("www.", i) ? 4 : 0;
      if (prefix > 0) {
        int end = i + prefix;
        while (end < text.length() && !endsLink(text.charAt(end))) {
          end++;
        }
        edited.delete(i, end);
        i = end - 1;
      }
    }
    return edited.toString();
  }

  private static int scheme(String text, int at) {
    return text.startsWith("http://", at) ? 7 : text.startsWith("https://", at) ? 8 : 0;
  }

  private static boolean endsLink(char c) {
    return c == ',' || c == '，' || isHan(c) || CharacterClass.is(SPACE, c);
  }

  /**
   * Deletes names with three dots and more ({@code a.b.c.d}): in a run of letters, digits, dots and
   * hyphens, from the first of three labels in a row to the end of the run.
   */
  static String deleteDottedNames(String text) {
    var edited = new Deletion(text);
    for (int i = 0; i < text.length(); i++) {
      if (!isName(text.charAt(i))) {
        continue;
      }
      int labels = 0;
      int label = i; // start of the current label
      int first = i; // start of the first of the labels in a row
      int end = i;
      int found = -1;
      for (; end < text.length() && isName(text.charAt(end)); end++) {
        if (found < 0 && text.charAt(end) == '.') {
          boolean empty = label == end;
          labels = empty ? 0 : labels + 1;
          if (labels == 1) {
            first = label;
          }
          label = end + 1;
          if (labels == 3 && label < text.length() && isName(text.charAt(label))) {
            found = first;
          }
        }
      }
      if (found >= 0) {
        edited.delete(found, end);
      }
      i = end;
    }
    return edited.toString();
  }

  /**
   * Deletes what looks like a domain: letters, digits, dots and hyphens, a dot, and two to six
   * lower case letters before a word boundary, unless after Han. So "node.js", "index.html", a
   * missing space ("end.the") and the domain of an e-mail address go too.
   */
  static String deleteDomains(String text) {
    var edited = new Deletion(text);
    for (int i = 0; i < text.length(); i++) {
      if (!isName(text.charAt(i))) {
        continue;
      }
      int end = i;
      int dot = -1; // the last dot before a top-level domain
      for (; end < text.length() && isName(text.charAt(end)); end++) {
        if (text.charAt(end) == '.' && topLevel(text, end + 1) > 0) {
          dot = end;
        }
      }
      for (int start = i; start < dot; start++) {
        if (startsDomain(text, start)) {
          edited.delete(start, topLevel(text, dot + 1));
          break;
        }
      }
      i = end;
    }
    return edited.toString();
  }

  /** Returns the end of the top-level domain that starts here, or 0. */
  private static int topLevel(String text, int from) {
    int end = from;
    while (end < text.length()
        && end - from <= 6
        && text.charAt(end) >= 'a'
        && text.charAt(end) <= 'z') {
      end++;
    }
    return end - from >= 2 && end - from <= 6 && !isWordAt(text, end) ? end : 0;
  }

  private static boolean startsDomain(String text, int at) {
    boolean afterHan = at > 0 && isHan(text.charAt(at - 1));
    return !afterHan && isWordAt(text, at) != (at > 0 && isWordAt(text, at - 1));
  }

  private static boolean isWordAt(String text, int at) {
    return at < text.length() && CharacterClass.is(WORD, text.charAt(at));
  }

  private static boolean isHan(char c) {
    return c >= '\u4E00' && c <= '\u9FA5';
  }

  private static boolean isName(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '.'
        || c == '-';
  }

  /** A text with parts deleted, from left to right. */
  private static final class Deletion {

    private final String text;
    private StringBuilder kept;
    private int end;

    Deletion(String text) {
      this.text = text;
    }

    void delete(int from, int to) {
      kept = kept == null ? new StringBuilder(text.length()) : kept;
      kept.append(text, end, from);
      end = to;
    }

    @Override
    public String toString() {
      return kept == null ? text : kept.append(text, end, text.length()).toString();
    }
  }
}
