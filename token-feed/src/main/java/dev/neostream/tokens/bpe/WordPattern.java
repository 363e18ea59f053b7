package dev.neostream.tokens.bpe;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a byte-level tokenizer cuts text into words, no piece of which reaches beyond one.
 *
 * <p>Tokenizer files say it as a regular expression. The ones in use are few; each is a scanner
 * here, linear in the text, which matches what the expression matches. An expression that is not
 * one of them, character by character, is unknown: none is ever run.
 */
public enum WordPattern {
  /** GPT-2, GPT-NeoX: a word takes one space before it, all the digits of a number are one word. */
  GPT2("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+") {
    @Override
    int end(byte[] text, int from, int limit) {
      int first = text[from];
      if (first == '\'') {
        int contraction = contraction(text, from, limit, false);
        if (contraction > 0) {
          return contraction;
        }
      }
      int start = first == ' ' && from + 1 < limit ? from + 1 : from;
      byte ofClass = CharacterClass.at(text, start);
      if (ofClass == CharacterClass.LETTER) {
        return CharacterClass.endOfLetters(text, start, limit);
      }
      return ofClass == CharacterClass.SPACE
          ? blank(text, from, CharacterClass.end(text, from, limit, ofClass), limit)
          : CharacterClass.end(text, start, limit, ofClass);
    }
  },
  /**
   * cl100k_base (GPT-4), Llama 3: a word takes one character of any kind before it, a number has
   * three digits at most, line breaks end a run of blanks or signs.
   */
  CL100K(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
    @Override
    int end(byte[] text, int from, int limit) {
      return endOfCl100k(text, from, limit, 3);
    }
  },
  /** Qwen 2: as {@link #CL100K}, every digit a word. */
  QWEN2(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
    @Override
    int end(byte[] text, int from, int limit) {
      return endOfCl100k(text, from, limit, 1);
    }
  };

  private final String regex;

  WordPattern(String regex) {
    this.regex = regex;
  }

  /** Returns the pattern of a regular expression, or nothing if it is none of these. */
  public static Optional<WordPattern> of(String regex) {
    return Arrays.stream(values()).filter(pattern -> pattern.regex.equals(regex)).findAny();
  }

  /** Returns the expression as tokenizer files write it. */
  public String regex() {
    return regex;
  }

  /** Returns all expressions, for messages. */
  public static String known() {
    return Arrays.stream(values())
        .map(pattern -> pattern.name() + " = " + pattern.regex)
        .collect(Collectors.joining(", "));
  }

  /**
   * Returns where the word that starts at a byte ends.
   *
   * @param limit where the text ends, behind {@code from}
   * @throws IllegalArgumentException if the text is not UTF-8, as far as it was read
   */
  abstract int end(byte[] text, int from, int limit);

  private static int endOfCl100k(byte[] text, int from, int limit, int mostDigits) {
    int first = text[from];
    if (first == '\'') {
      int contraction = contraction(text, from, limit, true);
      if (contraction > 0) {
        return contraction;
      }
    }
    int c = Utf8.codePointAt(text, from);
    int second = from + Utf8.length(c);
    byte ofClass = CharacterClass.of(c);
    if (ofClass == CharacterClass.LETTER) {
      return CharacterClass.endOfLetters(text, second, limit);
    }
    if (ofClass == CharacterClass.NUMBER) {
      int end = second;
      for (int i = 1;
          i < mostDigits && end < limit && CharacterClass.at(text, end) == ofClass;
          i++) {
        end += Utf8.length(Utf8.codePointAt(text, end));
      }
      return end;
    }
    byte ofSecond = second < limit ? CharacterClass.at(text, second) : CharacterClass.SPACE;
    if (ofSecond == CharacterClass.LETTER && !isLineBreak(first)) {
      return CharacterClass.endOfLetters(text, second, limit);
    }
    if (ofClass == CharacterClass.OTHER || first == ' ' && ofSecond == CharacterClass.OTHER) {
      int end = CharacterClass.end(text, second, limit, CharacterClass.OTHER);
      while (end < limit && isLineBreak(text[end])) {
        end++;
      }
      return end;
    }
    int end = CharacterClass.end(text, from, limit, CharacterClass.SPACE);
    for (int at = end; at > from; at--) {
      if (isLineBreak(text[at - 1])) {
        return at;
      }
    }
    return blank(text, from, end, limit);
  }

  /** White space before a word is left to it but for one character that may belong to it. */
  private static int blank(byte[] text, int from, int end, int limit) {
    if (end == limit) {
      return end;
    }
    int last = end - 1;
    while ((text[last] & 0xC0) == 0x80) {
      last--;
    }
    return last > from ? last : end;
  }

  private static boolean isLineBreak(int b) {
    return b == '\r' || b == '\n';
  }

  private static final List<byte[]> CONTRACTIONS =
      List.of(
          Utf8.bytes("s"),
          Utf8.bytes("t"),
          Utf8.bytes("re"),
          Utf8.bytes("ve"),
          Utf8.bytes("m"),
          Utf8.bytes("ll"),
          Utf8.bytes("d"));

  /** Returns where the English contraction that starts with an apostrophe ends, or -1. */
  private static int contraction(byte[] text, int from, int limit, boolean anyCase) {
    for (byte[] contraction : CONTRACTIONS) {
      int end = from + 1 + contraction.length;
      if (end <= limit && equal(text, from + 1, contraction, anyCase)) {
        return end;
      }
    }
    // U+017F, the long s, is an s in another case.
    boolean longS =
        anyCase
            && from + 2 < limit
            && text[from + 1] == (byte) 0xC5
            && text[from + 2] == (byte) 0xBF;
    return longS ? from + 3 : -1;
  }

  private static boolean equal(byte[] text, int from, byte[] contraction, boolean anyCase) {
    for (int i = 0; i < contraction.length; i++) {
      int b = text[from + i];
      if (b != contraction[i] && !(anyCase && b == contraction[i] - 'a' + 'A')) {
        return false;
      }
    }
    return true;
  }
}
