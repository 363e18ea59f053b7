package dev.neostream.ingest.file;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Media types of documents by file name suffix. What is not listed is not a document. */
public final class MediaTypes {

  private static final Map<String, String> BY_SUFFIX =
      Map.ofEntries(
          Map.entry("html", "text/html"),
          Map.entry("htm", "text/html"),
          Map.entry("xhtml", "text/html"),
          Map.entry("txt", "text/plain"),
          Map.entry("md", "text/markdown"),
          Map.entry("markdown", "text/markdown"),
          Map.entry("java", "text/x-java-source"),
          Map.entry("kt", "text/x-kotlin"),
          Map.entry("scala", "text/x-scala"),
          Map.entry("groovy", "text/x-groovy"),
          Map.entry("c", "text/x-c"),
          Map.entry("h", "text/x-c"),
          Map.entry("cc", "text/x-c++"),
          Map.entry("cpp", "text/x-c++"),
          Map.entry("hpp", "text/x-c++"),
          Map.entry("cs", "text/x-csharp"),
          Map.entry("go", "text/x-go"),
          Map.entry("rs", "text/x-rust"),
          Map.entry("py", "text/x-python"),
          Map.entry("rb", "text/x-ruby"),
          Map.entry("php", "text/x-php"),
          Map.entry("sh", "text/x-sh"),
          Map.entry("sql", "text/x-sql"),
          Map.entry("swift", "text/x-swift"),
          Map.entry("ts", "text/x-typescript"));

  private static final List<String> RECORD_SUFFIXES =
      List.of(".jsonl", ".ndjson", ".parquet", ".warc", ".arc", ".wet", ".wat");

  /** Tags that say HTML, in the order of WHATWG MIME Sniffing, section 7.1. */
  private static final String[] HTML_TAGS = {
    "<!DOCTYPE HTML",
    "<HTML",
    "<HEAD",
    "<SCRIPT",
    "<IFRAME",
    "<H1",
    "<DIV",
    "<FONT",
    "<TABLE",
    "<A",
    "<STYLE",
    "<TITLE",
    "<B",
    "<BODY",
    "<BR",
    "<P"
  };

  private MediaTypes() {}

  /**
   * Returns the media type of an archive's entry, or nothing if it is no document: hidden files are
   * left out in archives as in folders.
   */
  static Optional<String> ofEntry(String path) {
    return isHidden(path) ? Optional.empty() : ofName(path);
  }

  /** Whether a file or a folder above it has a name that starts with a dot. */
  private static boolean isHidden(String path) {
    return Arrays.stream(path.split("/"))
        .anyMatch(name -> name.startsWith(".") && !name.equals(".") && !name.equals(".."));
  }

  /** Whether a file of this name holds records that are not read inside an archive. */
  static boolean holdsRecords(String name) {
    if (isHidden(name)) {
      return false;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    return RECORD_SUFFIXES.stream()
        .anyMatch(
            suffix ->
                lower.endsWith(suffix)
                    || lower.endsWith(suffix + ".gz")
                    || lower.endsWith(suffix + ".zst"));
  }

  /** Returns the media type of a file, or nothing if its suffix is not that of a document. */
  public static Optional<String> ofName(String name) {
    String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return Optional.ofNullable(BY_SUFFIX.get(suffix));
  }

  /**
   * Whether bytes of unknown type are HTML: they start with one of its tags or a comment, behind
   * white space or a mark of UTF-8 (WHATWG MIME Sniffing, section 7.1).
   */
  public static boolean isHtml(byte[] bytes) {
    int start = startsWith(bytes, 0, "\u00ef\u00bb\u00bf") ? 3 : 0;
    while (start < bytes.length && " \t\n\f\r".indexOf(bytes[start]) >= 0) {
      start++;
    }
    if (startsWith(bytes, start, "<!--")) {
      return true;
    }
    for (String tag : HTML_TAGS) {
      int end = start + tag.length();
      if (end < bytes.length
          && (bytes[end] == ' ' || bytes[end] == '>')
          && startsWith(bytes, start, tag)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] bytes, int start, String text) {
    if (bytes.length - start < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      int b = bytes[start + i] & 0xff;
      if ((b >= 'a' && b <= 'z' ? b - 32 : b) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
