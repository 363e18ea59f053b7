package dev.neostream.trainer.generate;

import dev.neostream.tokens.bpe.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The text of a prompt and of what follows it, as soon as it is certain: half a character waits for
 * the rest, and what may be the beginning of a stop string for what comes next. All that is
 * returned, joined, is the text up to the first stop string, which may span any number of tokens.
 *
 * <p>Of a character that the prompt begins and the first generated tokens end, the text is
 * generated.
 */
final class TextStream {

  private final Tokenizer tokenizer;
  private final List<String> stops;
  private final boolean echo;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  private ByteBuffer rest = ByteBuffer.allocate(0);
  private final StringBuilder held = new StringBuilder();
  private boolean prefixed;
  private boolean continued;
  private boolean stopped;
  private int position;

  /**
   * @param stops none empty; looked for in generated text only
   * @param echo whether the prompt is part of the text
   */
  TextStream(Tokenizer tokenizer, List<String> stops, boolean echo) {
    this.tokenizer = tokenizer;
    this.stops = stops;
    this.echo = echo;
    prefixed = tokenizer.dummyPrefix();
  }

  /** Returns the text of the prompt's next token, nothing without echo. */
  String prompt(int id) {
    String text = decode(bytes(id), false);
    if (!echo) {
      return "";
    }
    position += text.codePointCount(0, text.length());
    return text;
  }

  /** Returns what is certain with a generated token. */
  String add(int id) {
    continued = true;
    return release(decode(bytes(id), false), false);
  }

  /** Returns what is left when nothing more comes; half a character is U+FFFD. */
  String end() {
    return continued || echo ? release(decode(new byte[0], true), true) : "";
  }

  /** Whether a stop string has come. */
  boolean stopped() {
    return stopped;
  }

  /** Returns where in the text the next token begins, code points; a stop string counts. */
  int position() {
    return position;
  }

  private String release(String text, boolean all) {
    position += text.codePointCount(0, text.length());
    if (stopped) {
      return "";
    }
    held.append(text);
    int stop = stops.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
    stopped = stop >= 0;
    int certain = stopped ? stop : all ? held.length() : held.length() - perhapsStop();
    String released = held.substring(0, certain);
    held.delete(0, certain);
    return released;
  }

  /** Returns the length of the longest end of the held text that a stop string begins with. */
  private int perhapsStop() {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }

  /** Returns the bytes of an id, without the space that the tokenizer puts before a text. */
  private byte[] bytes(int id) {
    byte[] bytes = tokenizer.bytes(id);
    if (prefixed && bytes.length > 0) {
      prefixed = false;
      return bytes[0] == ' ' ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }
    return bytes;
  }

  private String decode(byte[] bytes, boolean last) {
    ByteBuffer in =
        ByteBuffer.allocate(rest.remaining() + bytes.length).put(rest).put(bytes).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining());
    utf8.decode(in, out, last);
    rest = in;
    return out.flip().toString();
  }
}
