package dev.neostream.clean.charset;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Decodes the bytes of a document to well-formed UTF-8 and normalises its line ends.
 *
 * <p>The character set is the first of these that applies:
 *
 * <ol>
 *   <li>a byte order mark (UTF-8, UTF-16, UTF-32);
 *   <li>the one declared by the transport, then the one in an XML declaration, then, for HTML, the
 *       one in a {@code meta} element within the first {@value #META_BYTES} bytes. A declaration is
 *       believed unless the bytes contradict it: more than one character in {@value #BELIEVED}
 *       would be U+FFFD, and for UTF-8 more than one for {@value #DECLARED_UTF_8_A_STRAY} sequences
 *       of two bytes or more; another set than UTF-8 is declared for well-formed UTF-8 of {@value
 *       #CLEARLY_UTF_8} characters outside ASCII or more, or for UTF-8 but for a stray byte to
 *       {@value CharsetDetector#UTF_8_A_STRAY} sequences; windows-1252, the default of many a
 *       server, is declared for what {@link CharsetDetector} takes for another script;
 *   <li>UTF-8, if the bytes are well-formed;
 *   <li>the most probable one by {@link CharsetDetector}, from the first {@value #EXAMINED} bytes.
 * </ol>
 *
 * <p>Labels mean what browsers take them for (WHATWG Encoding Standard): gb2312 and gbk are
 * GB18030, iso-8859-1 and ascii are windows-1252. Malformed sequences become U+FFFD.
 *
 * <p>Deterministic. Not thread-safe: one instance a thread.
 */
public final class TextDecoder {

  static final int META_BYTES = 1024;
  static final int BELIEVED = 100;
  static final int CLEARLY_UTF_8 = 4;
  static final int DECLARED_UTF_8_A_STRAY = 2;
  static final int EXAMINED = 1 << 16;

  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final Map<String, Charset> LABELS = labels();

  /** Detected sets that do not contradict windows-1252. */
  private static final Set<String> LATIN =
      Set.of(
          "windows-1252",
          "windows-1250",
          "windows-1254",
          "windows-1257",
          "ISO-8859-2",
          "ISO-8859-3",
          "ISO-8859-4",
          "ISO-8859-9",
          "ISO-8859-13",
          "ISO-8859-15",
          "ISO-8859-16",
          "x-MacRoman",
          "x-MacCentralEurope",
          "x-MacTurkish",
          "IBM850",
          "IBM437",
          "IBM852",
          "IBM857",
          "IBM775",
          "UTF-8");

  private final CharsetDetector detector = new CharsetDetector();

  /**
   * Returns the text of bytes: well-formed UTF-8, line ends as LF, without U+FEFF and U+0000. Every
   * byte sequence decodes to something. The array itself is returned if it is such a text.
   *
   * @param declared label of the character set declared by the transport; empty when none was
   * @param html whether a {@code meta} element may declare the character set
   */
  public byte[] decode(byte[] body, String declared, boolean html) {
    Charset marked = byteOrderMark(body);
    if (marked != null) {
      return decoded(body, marked);
    }
    byte[] utf8 = Utf8Text.normalised(body);
    if (utf8 != null && isClearly(body)) {
      return utf8;
    }
    if (utf8 == null && Utf8Text.prevails(body, examined(body), CharsetDetector.UTF_8_A_STRAY)) {
      return decoded(body, StandardCharsets.UTF_8);
    }
    byte[] believed = believe(body, charset(declared));
    if (believed == null) {
      believed = believe(body, xmlCharset(body));
    }
    if (believed == null && html) {
      believed = believe(body, metaCharset(body));
    }
    if (believed != null) {
      return believed;
    }
    Charset detected = detect(body);
    return utf8 != null && detected == StandardCharsets.UTF_8 ? utf8 : decoded(body, detected);
  }

  private Charset detect(byte[] body) {
    return detector.detect(body, examined(body));
  }

  private static int examined(byte[] body) {
    return Math.min(body.length, EXAMINED);
  }

  /** Well-formed UTF-8 that cannot be ASCII with escapes, wide units or a chance of two bytes. */
  private static boolean isClearly(byte[] utf8) {
    int characters = 0;
    boolean ascii = true;
    for (int i = 0; i < examined(utf8); i++) {
      byte b = utf8[i];
      ascii &= b > 0 && b != 0x1b && b != '~';
      characters += (b & 0xc0) == 0xc0 ? 1 : 0;
      if (characters == CLEARLY_UTF_8) {
        return true;
      }
    }
    return ascii;
  }

  private static byte[] decoded(byte[] body, Charset charset) {
    byte[] text = charset == StandardCharsets.UTF_8 ? Utf8Text.normalised(body) : null;
    if (text != null) {
      return text;
    }
    return Utf8Text.normalised(new String(body, charset).getBytes(StandardCharsets.UTF_8));
  }

  private byte[] believe(byte[] body, Charset charset) {
    if (charset == null || charset.name().startsWith("UTF-16") && !hasZero(body)) {
      return null;
    }
    if (charset.equals(WINDOWS_1252) && !LATIN.contains(detect(body).name())) {
      return null;
    }
    byte[] text = decoded(body, charset);
    boolean utf8 =
        charset == StandardCharsets.UTF_8
            && Utf8Text.prevails(body, examined(body), DECLARED_UTF_8_A_STRAY);
    return utf8 || isMostlyWellFormed(text) ? text : null;
  }

  private static boolean hasZero(byte[] body) {
    for (int i = 0; i < examined(body); i++) {
      if (body[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isMostlyWellFormed(byte[] utf8) {
    int characters = 0;
    int replaced = 0;
    for (int i = 0; i < utf8.length; i++) {
      characters += (utf8[i] & 0xc0) == 0x80 ? 0 : 1;
      if (utf8[i] == (byte) 0xef && utf8[i + 1] == (byte) 0xbf && utf8[i + 2] == (byte) 0xbd) {
        replaced++;
      }
    }
    return (long) replaced * BELIEVED <= characters;
  }

  private static Charset byteOrderMark(byte[] b) {
    int n = Math.min(4, b.length);
    int mark = 0;
    for (int i = 0; i < n; i++) {
      mark |= (b[i] & 0xff) << 24 - 8 * i;
    }
    if (n == 4 && mark == 0xfeff) {
      return Charset.forName("UTF-32BE");
    }
    if (n == 4 && mark == 0xfffe0000) {
      return Charset.forName("UTF-32LE");
    }
    if (n >= 2 && mark >>> 16 == 0xfeff) {
      return StandardCharsets.UTF_16BE;
    }
    if (n >= 2 && mark >>> 16 == 0xfffe) {
      return StandardCharsets.UTF_16LE;
    }
    return n >= 3 && mark >>> 8 == 0xefbbbf ? StandardCharsets.UTF_8 : null;
  }

  private static Charset xmlCharset(byte[] body) {
    String start = start(body).stripLeading();
    int end = start.indexOf("?>");
    if (!start.startsWith("<?xml") || end < 0) {
      return null;
    }
    int label = start.indexOf("encoding=");
    return label < 0 || label > end ? null : inText(label(start, label + "encoding=".length()));
  }

  private static Charset metaCharset(byte[] body) {
    String start = start(body);
    for (int at = start.indexOf("<meta"); at >= 0; at = start.indexOf("<meta", at + 1)) {
      int end = start.indexOf('>', at);
      String tag = start.substring(at, end < 0 ? start.length() : end);
      int label = tag.indexOf("charset=");
      if (label >= 0) {
        return inText(label(tag, label + "charset=".length()));
      }
    }
    return null;
  }

  /** A page that could be read as far as its declaration cannot be in UTF-16, whatever it says. */
  private static Charset inText(String label) {
    Charset charset = charset(label);
    return charset != null && charset.name().startsWith("UTF-16")
        ? StandardCharsets.UTF_8
        : charset;
  }

  private static String start(byte[] body) {
    int n = Math.min(body.length, META_BYTES);
    return new String(body, 0, n, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
  }

  private static String label(String tag, int from) {
    int start = from;
    while (start < tag.length() && "\"' ".indexOf(tag.charAt(start)) >= 0) {
      start++;
    }
    int end = start;
    while (end < tag.length() && "\"' ;/?>".indexOf(tag.charAt(end)) < 0) {
      end++;
    }
    return tag.substring(start, end);
  }

  private static Charset charset(String label) {
    String name = label.strip().toLowerCase(Locale.ROOT);
    Charset known = LABELS.get(name);
    if (known != null || name.isEmpty()) {
      return known;
    }
    try {
      return Charset.forName(name.startsWith("x-cp") ? name.substring(2) : name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      // A label nobody knows declares nothing.
      return null;
    }
  }

  /** Labels that mean another set than the one of that name in Java, or that Java does not know. */
  private static Map<String, Charset> labels() {
    String[][] rows = {
      {"GB18030", "gb2312", "gbk", "x-gbk", "gb_2312-80", "gb_2312", "chinese", "csgb2312"},
      {"windows-1252", "ascii", "us-ascii", "iso-8859-1", "iso8859-1", "iso88591", "latin1", "l1"},
      {"windows-1252", "iso_8859-1", "cp819", "ansi_x3.4-1968", "x-cp1252"},
      {"windows-1254", "iso-8859-9", "iso8859-9", "iso_8859-9", "latin5", "l5"},
      {"x-windows-874", "tis-620", "iso-8859-11", "iso8859-11", "dos-874", "windows-874"},
      {"windows-31j", "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "ms932"},
      {"x-windows-949", "euc-kr", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "ksc_5601"},
      {"x-windows-949", "korean", "windows-949"},
      {"x-MS950-HKSCS", "big5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5"},
      {"EUC-JP", "x-euc-jp"},
      {"ISO-8859-8", "iso-8859-8-i", "iso-8859-8-e", "logical", "visual"},
      {"x-MacCyrillic", "x-mac-cyrillic", "x-mac-ukrainian"},
      {"x-MacRoman", "macintosh", "mac", "x-mac-roman"},
      {"KOI8-R", "koi8", "koi", "koi8_r"},
      {"KOI8-U", "koi8-ru"},
      {"IBM866", "dos866"},
      {"x-Johab", "johab"},
      {"UTF-8", "utf8", "unicode-1-1-utf-8", "x-unicode20utf8"},
      {"UTF-16LE", "utf-16", "unicode", "ucs-2", "iso-10646-ucs-2"},
    };
    var labels = new HashMap<String, Charset>();
    for (String[] row : rows) {
      for (int i = 1; i < row.length; i++) {
        labels.put(row[i], Charset.forName(row[0]));
      }
    }
    labels.put("hz-gb-2312", Hz.CHARSET);
    labels.put("hz", Hz.CHARSET);
    return labels;
  }
}
