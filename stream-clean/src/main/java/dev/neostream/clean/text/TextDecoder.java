package dev.neostream.clean.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Decodes the bytes of a document and normalises the characters.
 *
 * <p>The character set is the first of these that applies:
 *
 * <ol>
 *   <li>a byte order mark (UTF-8, UTF-16);
 *   <li>the one declared by the transport, then, for HTML, the one in a {@code meta} element within
 *       the first {@value #META_BYTES} bytes. A declaration is believed, and malformed sequences
 *       become U+FFFD, unless more than one character in {@value #BELIEVED} would;
 *   <li>UTF-8, if the bytes are well-formed;
 *   <li>GB18030, if the bytes are well-formed and mostly pairs of bytes outside ASCII, as Chinese
 *       text is and accented Latin text is not;
 *   <li>windows-1252.
 * </ol>
 *
 * <p>Labels mean what browsers take them for (WHATWG Encoding Standard): gb2312 and gbk are
 * GB18030, iso-8859-1 and ascii are windows-1252. Other legacy encodings are decoded only when
 * declared.
 */
public final class TextDecoder {

  static final int META_BYTES = 1024;
  static final int BELIEVED = 100;

  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  private static final Map<String, Charset> LABELS =
      Map.ofEntries(
          Map.entry("gb2312", GB18030),
          Map.entry("gbk", GB18030),
          Map.entry("x-gbk", GB18030),
          Map.entry("gb_2312-80", GB18030),
          Map.entry("ascii", WINDOWS_1252),
          Map.entry("us-ascii", WINDOWS_1252),
          Map.entry("iso-8859-1", WINDOWS_1252),
          Map.entry("iso8859-1", WINDOWS_1252),
          Map.entry("latin1", WINDOWS_1252),
          Map.entry("shift_jis", Charset.forName("windows-31j")),
          Map.entry("euc-kr", Charset.forName("x-windows-949")),
          Map.entry("utf8", StandardCharsets.UTF_8));

  private TextDecoder() {}

  /**
   * Returns the text of bytes: line ends as LF, without byte order marks and U+0000, lone
   * surrogates replaced by U+FFFD. Every byte sequence decodes to something.
   *
   * @param declared label of the character set declared by the transport; empty when none was
   * @param html whether a {@code meta} element may declare the character set
   */
  public static String decode(byte[] bytes, String declared, boolean html) {
    return normalise(characters(bytes, declared, html));
  }

  private static String characters(byte[] bytes, String declared, boolean html) {
    Charset marked = byteOrderMark(bytes);
    if (marked != null) {
      return new String(bytes, marked);
    }
    Optional<String> believed = believe(bytes, charset(declared));
    if (believed.isEmpty() && html) {
      believed = believe(bytes, metaCharset(bytes));
    }
    return believed
        .or(() -> strict(bytes, StandardCharsets.UTF_8))
        .or(() -> strict(bytes, GB18030).filter(text -> isMostlyPairs(bytes, text)))
        .orElseGet(() -> new String(bytes, WINDOWS_1252));
  }

  private static Charset byteOrderMark(byte[] bytes) {
    int first = bytes.length > 1 ? (bytes[0] & 0xff) << 8 | bytes[1] & 0xff : 0;
    if (first == 0xfeff) {
      return StandardCharsets.UTF_16BE;
    }
    if (first == 0xfffe) {
      return StandardCharsets.UTF_16LE;
    }
    return first == 0xefbb && bytes.length > 2 && (bytes[2] & 0xff) == 0xbf
        ? StandardCharsets.UTF_8
        : null;
  }

  private static Optional<Charset> charset(String label) {
    String name = label.strip().toLowerCase(Locale.ROOT);
    if (LABELS.containsKey(name)) {
      return Optional.of(LABELS.get(name));
    }
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(Charset.forName(name));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      // A label nobody knows declares nothing.
      return Optional.empty();
    }
  }

  /** A page that could be read as far as its meta element cannot be in UTF-16, whatever it says. */
  private static Optional<Charset> metaCharset(byte[] bytes) {
    String start =
        new String(bytes, 0, Math.min(bytes.length, META_BYTES), StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    for (int at = start.indexOf("<meta"); at >= 0; at = start.indexOf("<meta", at + 1)) {
      int end = start.indexOf('>', at);
      String tag = start.substring(at, end < 0 ? start.length() : end);
      int label = tag.indexOf("charset=");
      if (label >= 0) {
        Optional<Charset> charset = charset(label(tag, label + "charset=".length()));
        return charset.map(c -> c.name().startsWith("UTF-16") ? StandardCharsets.UTF_8 : c);
      }
    }
    return Optional.empty();
  }

  private static String label(String tag, int from) {
    int start = from;
    while (start < tag.length() && "\"' ".indexOf(tag.charAt(start)) >= 0) {
      start++;
    }
    int end = start;
    while (end < tag.length() && "\"' ;/".indexOf(tag.charAt(end)) < 0) {
      end++;
    }
    return tag.substring(start, end);
  }

  private static Optional<String> believe(byte[] bytes, Optional<Charset> charset) {
    return charset.map(c -> new String(bytes, c)).filter(TextDecoder::isMostlyWellFormed);
  }

  private static boolean isMostlyWellFormed(String text) {
    long replaced = text.chars().filter(c -> c == '\ufffd').count();
    return replaced * BELIEVED <= text.length();
  }

  private static Optional<String> strict(byte[] bytes, Charset charset) {
    try {
      CharBuffer text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes));
      return Optional.of(text.toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isMostlyPairs(byte[] bytes, String text) {
    long high = 0;
    for (byte b : bytes) {
      high += b < 0 ? 1 : 0;
    }
    long characters = text.chars().filter(c -> c >= 0x80).count();
    return 2 * high >= 3 * characters;
  }

  private static String normalise(String text) {
    var out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r') {
        if (i + 1 == text.length() || text.charAt(i + 1) != '\n') {
          out.append('\n');
        }
      } else if (c != '\0' && c != '\ufeff') {
        out.append(c);
      }
    }
    return out.toString();
  }
}
