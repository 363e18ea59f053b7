package dev.neostream.ingest.warc;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which media type a payload of a crawl has, and which of them are read. */
final class PayloadType {

  /** Media types that are read, and as what. */
  private static final Map<String, String> TEXTS =
      Map.of(
          "text/html", "text/html",
          "application/xhtml+xml", "text/html",
          "text/plain", "text/plain",
          "text/markdown", "text/markdown");

  /** Types that say only that there are bytes. */
  private static final Set<String> VAGUE =
      Set.of("application/octet-stream", "binary/octet-stream", "application/x-unknown");

  private PayloadType() {}

  /** Returns the type of text that a media type is read as; empty if it is not read. */
  static Optional<String> text(String name) {
    return Optional.ofNullable(TEXTS.get(name));
  }

  static boolean isText(ContentType type) {
    return TEXTS.containsKey(type.name());
  }

  /**
   * Returns the type a payload has: the one that a crawler identified where the declared one is
   * missing or says nothing, and where HTML was declared to be what nobody reads here.
   *
   * @param identified the crawler's own finding, as a Content-Type header
   */
  static Optional<ContentType> of(Optional<ContentType> declared, Optional<String> identified) {
    Optional<ContentType> found = identified.flatMap(ContentType::known);
    String text = found.flatMap(type -> text(type.name())).orElse("");
    boolean readable = declared.filter(PayloadType::isText).isPresent();
    boolean vague = declared.map(type -> VAGUE.contains(type.name())).orElse(true);
    return !readable && (text.equals("text/html") || vague && !text.isEmpty())
        ? found.map(type -> new ContentType(type.name(), declared.flatMap(ContentType::charset)))
        : declared.or(() -> found);
  }
}
