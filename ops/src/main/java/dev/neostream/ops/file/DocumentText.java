package dev.neostream.ops.file;

import dev.neostream.clean.charset.TextDecoder;
import dev.neostream.clean.html.HtmlLimitException;
import dev.neostream.clean.html.MainText;
import dev.neostream.ingest.file.Item;
import dev.neostream.schemas.Rejection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The text of documents, judged by nothing: text as it is, HTML by its main text. Not thread-safe:
 * one instance a thread.
 */
final class DocumentText {

  private static final Set<String> HTML = Set.of("text/html", "application/xhtml+xml");

  private final TextDecoder decoder = new TextDecoder();
  private final MainText mainText = new MainText();

  /**
   * A text, or why there is none.
   *
   * @param compared well-formed UTF-8 with LF line ends, without U+0000 and U+FEFF
   * @param written the same as the document has it
   * @param rejection null if there is a text
   */
  record Text(byte[] compared, byte[] written, Rejection rejection) {}

  Text of(Item.Document document) {
    boolean html = HTML.contains(document.mediaType());
    if (!html && !document.mediaType().startsWith("text/")) {
      return none(
          new Rejection("extract.media_type", document.mediaType(), "HTML or any kind of text"));
    }
    String charset = document.charset().orElse("");
    byte[] text = decoder.decode(document.payload(), charset, html);
    if (!html) {
      boolean asItIs =
          text != document.payload()
              && charset.equalsIgnoreCase("UTF-8")
              && isUtf8(document.payload());
      return new Text(text, asItIs ? document.payload() : text, null);
    }
    try {
      byte[] main = mainText.extract(text);
      return new Text(main, main, null);
    } catch (HtmlLimitException e) {
      return none(new Rejection("extract.html", e.getMessage(), "within the limits of the parser"));
    }
  }

  private static Text none(Rejection rejection) {
    return new Text(null, null, rejection);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
