package dev.neostream.clean.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Recognises bytes that are no text: images, documents, archives, fonts, programs, audio and video
 * that a server sent as HTML or text. Decoded, they would pass for Chinese.
 *
 * <p>First by signature (WHATWG MIME Sniffing, section 6, and the formats' own specifications),
 * then by control characters: more than one byte in {@value #TEXT_BYTES_A_CONTROL} of what is
 * examined, where random bytes have one in eleven. Zero bytes say nothing, as UTF-16 has them;
 * neither do the controls of terminals and of ISO 2022. UTF-16 and UTF-32 have others by chance, so
 * what reads as text in one of them is text.
 */
public final class MimeSniffer {

  /** What is no text and of no known type. */
  public static final String UNKNOWN = "application/octet-stream";

  static final int TEXT_BYTES_A_CONTROL = 50;

  /** Fewer control characters are damage in a text, however short it is. */
  static final int MIN_CONTROLS = 4;

  /** Bytes examined at the start and as many in the middle, whatever the size. */
  static final int EXAMINED = 2048;

  /** Where the names of the parts of an Office document are looked for, at either end. */
  private static final int PARTS_EXAMINED = 1 << 16;

  /** Wide text has one stray in so many units at most; of random units one in eight is a stray. */
  private static final int UNITS_A_STRAY = 33;

  /** Wide text has a space, a line end or an ideographic stop at least once in so many units. */
  private static final int UNITS_A_SPACE = 64;

  private static final String ZIP = "application/zip";
  private static final String OLE = "application/x-ole-storage";

  /**
   * Types by the bytes their files begin with, as Latin-1; a question mark stands for any byte.
   * Where those could begin a text, control characters must follow.
   */
  private static final String[][] SIGNATURES = {
    {"image/png", "\u0089PNG\r\n\u001a\n"},
    {"image/jpeg", "\u00ff\u00d8\u00ff"},
    {"image/gif", "GIF87a", "GIF89a"},
    {"image/webp", "RIFF????WEBP"},
    {"image/bmp", "BM????\0\0\0\0"},
    {"image/x-icon", "\0\0\1\0?\0", "\0\0\2\0?\0"},
    {"image/tiff", "II*\0", "MM\0*"},
    {"image/avif", "????ftypavif"},
    {"image/heic", "????ftyphei", "????ftypmif1"},
    {"image/jp2", "\0\0\0\fjP  \r\n"},
    {"image/jxl", "\0\0\0\fJXL \r\n"},
    {"image/vnd.adobe.photoshop", "8BPS\0\1"},
    {"image/vnd.djvu", "AT&TFORM"},
    {"image/wmf", "\u00d7\u00cd\u00c6\u009a"},
    {"application/pdf", "%PDF-"},
    {"application/postscript", "%!PS-Adobe"},
    {"application/rtf", "{\\rtf"},
    {OLE, "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1"},
    {"application/vnd.wordperfect", "\u00ffWPC"},
    {"application/vnd.ms-htmlhelp", "ITSF\3\0\0\0"},
    {ZIP, "PK\3\4", "PK\5\6", "PK\7\b"},
    {"application/gzip", "\u001f\u008b\b"},
    {"application/zstd", "(\u00b5/\u00fd"},
    {"application/x-bzip2", "BZh?1AY&SY"},
    {"application/x-xz", "\u00fd7zXZ\0"},
    {"application/x-lz4", "\4\"M\u0018"},
    {"application/x-compress", "\u001f\u009d", "\u001f\u00a0"},
    {"application/x-7z-compressed", "7z\u00bc\u00af'\u001c"},
    {"application/vnd.rar", "Rar!\u001a\7"},
    {"application/vnd.ms-cab-compressed", "MSCF\0\0\0\0"},
    {"application/x-archive", "!<arch>\n"},
    {"application/x-tar", "?".repeat(257) + "ustar"},
    {"font/woff", "wOFF"},
    {"font/woff2", "wOF2"},
    {"font/ttf", "\0\1\0\0\0", "true\0"},
    {"font/otf", "OTTO\0"},
    {"font/collection", "ttcf\0"},
    {"application/vnd.ms-fontobject", "?".repeat(34) + "LP\0\0"},
    {"application/java-vm", "\u00ca\u00fe\u00ba\u00be\0\0"},
    {"application/wasm", "\0asm"},
    {"application/x-elf", "\u007fELF"},
    {"application/x-mach-binary", "\u00ce\u00fa\u00ed\u00fe", "\u00cf\u00fa\u00ed\u00fe"},
    {"application/vnd.microsoft.portable-executable", "MZ?\0"},
    {"application/x-shockwave-flash", "FWS", "CWS", "ZWS"},
    {"application/vnd.sqlite3", "SQLite format 3\0"},
    {"application/vnd.apache.parquet", "PAR1"},
    {"application/x-hdf5", "\u0089HDF\r\n\u001a\n"},
    {"application/x-bplist", "bplist0"},
    {"audio/mpeg", "ID3", "\u00ff\u00fb", "\u00ff\u00f3", "\u00ff\u00f2"},
    {"audio/aac", "\u00ff\u00f1", "\u00ff\u00f9"},
    {"audio/wav", "RIFF????WAVE"},
    {"audio/aiff", "FORM????AIFF"},
    {"audio/flac", "fLaC\0"},
    {"audio/midi", "MThd\0\0\0\6"},
    {"audio/amr", "#!AMR"},
    {"application/ogg", "OggS\0"},
    {"video/mp4", "????ftyp"},
    {"video/webm", "\u001aE\u00df\u00a3"},
    {"video/x-msvideo", "RIFF????AVI "},
    {"video/x-flv", "FLV\1"},
    {"video/x-ms-wmv", "0&\u00b2u\u008ef\u00cf\u0011"},
    {"video/mpeg", "\0\0\1\u00ba", "\0\0\1\u00b3"},
  };

  /** Types whose signature is evidence enough, though their files may be all text. */
  private static final List<String> PRINTABLE =
      List.of("application/pdf", "application/postscript", "application/rtf");

  /** Parts by which documents in a zip are told apart. */
  private static final String[][] PARTS = {
    {"word/document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xl/workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {
      "ppt/presentation",
      "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    },
    {"META-INF/MANIFEST.MF", "application/java-archive"},
  };

  /** Streams by which documents in a compound file of Office 97 are told apart. */
  private static final String[][] STREAMS = {
    {"WordDocument", "application/msword"},
    {"PowerPoint Document", "application/vnd.ms-powerpoint"},
    {"Workbook", "application/vnd.ms-excel"},
  };

  /** The first entry of an EPUB or OpenDocument file, stored: its name, then the type. */
  private static final String MIMETYPE = "mimetype";

  private static final int ZIP_HEADER_BYTES = 30;

  private static final boolean[] CONTROLS = controls();

  private MimeSniffer() {}

  /** Returns the media type of what is no text, or nothing for what may be text. */
  public static Optional<String> binaryType(byte[] body) {
    int start = startOfContent(body);
    // What begins with a tag is a page, or nothing that has a signature.
    if (start < body.length && body[start] != '<') {
      for (String[] type : SIGNATURES) {
        for (int i = 1; i < type.length; i++) {
          if (startsWith(body, start, type[i]) && isEvidence(type[0], type[i], body)) {
            return Optional.of(refined(type[0], body, start));
          }
        }
      }
    }
    return hasManyControls(body) && !isWideText(body) ? Optional.of(UNKNOWN) : Optional.empty();
  }

  /** White space before a file is what a careless script wrote before it sent one. */
  private static int startOfContent(byte[] body) {
    int start = startsWith(body, 0, "\u00ef\u00bb\u00bf") ? 3 : 0;
    while (start < body.length && " \t\n\f\r".indexOf(body[start]) >= 0) {
      start++;
    }
    return start;
  }

  private static boolean startsWith(byte[] body, int offset, String signature) {
    if (body.length - offset < signature.length()) {
      return false;
    }
    for (int i = 0; i < signature.length(); i++) {
      char c = signature.charAt(i);
      if (c != '?' && c != (body[offset + i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /** Signatures and texts may begin alike; then a control character must be there. */
  private static boolean isEvidence(String type, String signature, byte[] body) {
    if (PRINTABLE.contains(type) || signature.chars().anyMatch(c -> c < '\t' || c == 0x1a)) {
      return true;
    }
    for (int i = 0; i < Math.min(body.length, EXAMINED); i++) {
      if (body[i] == 0 || CONTROLS[body[i] & 0xff]) {
        return true;
      }
    }
    return false;
  }

  private static String refined(String type, byte[] body, int start) {
    return switch (type) {
      case ZIP -> zipped(parts(body), start + ZIP_HEADER_BYTES);
      case OLE -> first(STREAMS, parts(body).replace("\0", ""), OLE);
      default -> type;
    };
  }

  private static String zipped(String parts, int name) {
    if (!parts.startsWith(MIMETYPE, name)) {
      return first(PARTS, parts, ZIP);
    }
    int from = name + MIMETYPE.length();
    int to = from;
    while (to < parts.length() && "PK\0".indexOf(parts.charAt(to)) < 0) {
      to++;
    }
    String type = parts.substring(from, to);
    return type.matches("application/[a-z.+-]+") ? type : ZIP;
  }

  private static String first(String[][] table, String parts, String otherwise) {
    for (String[] row : table) {
      if (parts.contains(row[0])) {
        return row[1];
      }
    }
    return otherwise;
  }

  private static String parts(byte[] body) {
    int start = Math.min(body.length, PARTS_EXAMINED);
    int end = Math.max(start, body.length - PARTS_EXAMINED);
    return new String(body, 0, start, StandardCharsets.ISO_8859_1)
        + new String(body, end, body.length - end, StandardCharsets.ISO_8859_1);
  }

  private static boolean hasManyControls(byte[] body) {
    int start = Math.min(body.length, EXAMINED);
    int middle = Math.max(start, body.length / 2);
    int end = Math.min(body.length, middle + EXAMINED);
    int controls = controls(body, 0, start) + controls(body, middle, end);
    return controls >= MIN_CONTROLS && controls * TEXT_BYTES_A_CONTROL > start + end - middle;
  }

  private static int controls(byte[] body, int from, int to) {
    int controls = 0;
    for (int i = from; i < to; i++) {
      controls += CONTROLS[body[i] & 0xff] ? 1 : 0;
    }
    return controls;
  }

  private static boolean[] controls() {
    var controls = new boolean[256];
    for (int b = 1; b < ' '; b++) {
      // Backspace to carriage return, shifts and escape, the end of a DOS file.
      controls[b] = (b < '\b' || b > '\r') && b != 0x0e && b != 0x0f && b != 0x1a && b != 0x1b;
    }
    controls[0x7f] = true;
    return controls;
  }

  private static boolean isWideText(byte[] body) {
    for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
      int length = Math.min(body.length, EXAMINED) & ~3;
      String text = new String(body, 0, length, Charset.forName(charset));
      long strays = text.codePoints().filter(c -> !isCharacter(c)).count();
      long spaces = text.chars().filter(c -> " \n\u3000\u3001\u3002\uff0c".indexOf(c) >= 0).count();
      if (strays * UNITS_A_STRAY <= text.length() && spaces * UNITS_A_SPACE >= text.length()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCharacter(int c) {
    return switch (Character.getType(c)) {
      case Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE -> false;
      case Character.CONTROL -> c == '\n' || c == '\r' || c == '\t';
      default -> c != '\ufffd';
    };
  }
}
