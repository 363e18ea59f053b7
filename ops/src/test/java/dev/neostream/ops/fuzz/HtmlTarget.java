package dev.neostream.ops.fuzz;

import dev.neostream.clean.html.HtmlLimitException;
import dev.neostream.clean.html.MainText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** HTML: the text that comes out must be well-formed UTF-8, whatever went in. */
public final class HtmlTarget {

  private static final MainText MAIN_TEXT = new MainText();

  private HtmlTarget() {}

  static List<byte[]> seeds() {
    return List.of(
        ("<!doctype html><html><head><title>T</title><script>var a='<p>';</script></head><body>"
                + "<nav><a href=x>Home</a></nav><article><h1>Head &amp; line</h1><p>First paragraph,"
                + " with commas, and words enough.<p>Second &#x41;&copy;<pre>  code\n\tmore</pre>"
                + "<table><tr><td>a<td>b</table><ul><li>one<li>two</ul><img alt='x'></article>"
                + "<!-- comment --></body></html>")
            .getBytes(StandardCharsets.UTF_8),
        ("<script type='application/ld+json'>{\"@type\":\"Article\",\"articleBody\":\"Body \\u4e2d"
                + "\"}</script><math><annotation encoding=\"application/x-tex\">x^2</annotation>"
                + "</math><![CDATA[ x ]]><textarea><p></textarea>")
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() throws CharacterCodingException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws CharacterCodingException {
    try {
      byte[] text = MAIN_TEXT.extract(input);
      if (wellFormed(input)) {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      }
    } catch (HtmlLimitException e) {
      // A page may be refused by name.
      return;
    }
  }

  private static boolean wellFormed(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
